//! Who signs in the county: the association with a root, the laboratory with a key that the association countersigned.

use serde_json::{Value, json};

use super::{County, act};
use crate::domain::acts::Refusal;
use crate::domain::acts::keys::{RegisterKey, RotateKey};
use crate::domain::acts::laboratory::ReportTest;
use crate::domain::ed25519::SecretKey;
use crate::domain::kinds::Body;
use crate::domain::kinds::samples::TestReported;
use crate::domain::record::statement::Said;
use crate::domain::record::{Actor, Handle, Nonce, PublicKey, Signature};

/// A key with its private half.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signer {
    pub key: Handle,
    pub seed: [u8; 32],
}

impl Signer {
    pub fn new(number: u8) -> Self {
        Self { key: Handle::from_bytes([0xa0 + number; 16]), seed: [number; 32] }
    }

    pub fn public(&self) -> PublicKey {
        PublicKey::from_bytes(SecretKey::from_seed(&self.seed).public()).unwrap()
    }

    /// The statement of this key over what is said.
    pub fn sign(&self, said: &Said<'_>) -> Value {
        let sig = SecretKey::from_seed(&self.seed).sign(&said.to_bytes().unwrap());
        let sig = Signature::from_bytes(sig);
        json!({"key": self.key, "nonce": said.nonce, "sig": sig})
    }
}

pub(crate) fn nonce(number: u8) -> Nonce {
    Nonce::from_bytes([number; 16])
}

impl County {
    /// The association's first key, admitted by the operator.
    pub fn root(&mut self) -> Signer {
        let (signer, operator, association) = (Signer::new(1), self.operator.clone(), self.association.org);
        let form = json!({"id": signer.key, "org": association, "public": signer.public()});
        self.register_key(&operator, form).unwrap();
        signer
    }

    /// A form that registers `signer` for `by`, countersigned by `root`.
    pub fn countersigned(&self, by: &Actor, signer: Signer, root: Signer, number: u8) -> Value {
        let mut form = json!({"id": signer.key, "public": signer.public(), "occurred_at": self.it.now});
        let told: RegisterKey = act(form.clone());
        form["countersign"] = root.sign(&told.to_countersign(by, nonce(number)).unwrap());
        form
    }

    /// The laboratory's key.
    pub fn laboratory_key(&mut self, root: Signer) -> Signer {
        let (signer, by) = (Signer::new(2), self.laboratory.clone());
        let form = self.countersigned(&by, signer, root, 1);
        self.register_key(&by, form).unwrap();
        signer
    }

    /// A form that changes `old` for `new`, countersigned by `root` where there is one.
    pub fn rotation(&self, by: &Actor, old: Signer, new: Signer, root: Option<Signer>, number: u8) -> Value {
        let mut form = json!({"public": new.public(), "occurred_at": self.it.now});
        let told = |form: &Value| RotateKey { key: old.key, ..act::<RotateKey>(form.clone()) };
        if let Some(root) = root {
            form["countersign"] = root.sign(&told(&form).to_countersign(by, nonce(number)).unwrap());
        }
        form["statement"] = old.sign(&told(&form).to_sign(by, nonce(number)).unwrap());
        form
    }

    /// A report with the statement of `signer` over what it would write now.
    pub fn signed(&self, signer: Signer, sample: Handle, form: Value, number: u8) -> Result<Value, Refusal> {
        let mut form = form;
        form["occurred_at"] = json!(self.it.now);
        let told = ReportTest { sample, ..act::<ReportTest>(form.clone()) };
        let records = self.it.prepare(&self.laboratory, &told)?;
        let record = records.iter().find(|record| record.kind == TestReported::KIND).unwrap();
        form["statement"] = signer.sign(&Said::of(record, nonce(number)));
        Ok(form)
    }
}
