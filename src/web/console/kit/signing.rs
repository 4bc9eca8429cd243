//! What the sender of a form may sign with a key of his own before it is recorded, and where his statement goes.

use serde_json::{Map, Value};

use super::{Field, Form, Kind, made};
use crate::app::prepare::Prepared;
use crate::domain::acts::Refusal;
use crate::domain::record::statement::Statement;
use crate::web::console::lists::encoded;

/// The step before a form is sent. Its service holds nothing of it: what was prepared goes with the form.
#[derive(Debug)]
pub struct Signing {
    /// What is signed, once that was asked for.
    pub prepared: Option<ToSign>,
    /// Where the statement is pasted; read once there is something to sign.
    pub statement: Field,
}

#[derive(Debug)]
pub struct ToSign {
    said: Value,
    /// What the signature covers and no field of the form says.
    covered: Map<String, Value>,
}

impl Signing {
    /// Value of the button that prepares; its name is that of all buttons after which a form comes back.
    pub const BUTTON: &str = "sign";
    pub const STATEMENT: &str = "statement";
    const SAID: &str = "to_sign";
    const COVERED: &str = "covered";
    pub const NAMES: &[&str] = &[Self::SAID, Self::COVERED, Self::STATEMENT];
}

impl ToSign {
    /// As a person reads it before he signs.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(&self.said).unwrap_or_default()
    }

    pub fn said(&self) -> String {
        self.said.to_string()
    }

    pub fn covered(&self) -> String {
        Value::Object(self.covered.clone()).to_string()
    }

    /// The file that is signed, in the address of a link: no second visit is needed, and nothing of it is kept here.
    pub fn href(&self) -> String {
        format!("data:application/json;charset=utf-8,{}", encoded(&self.text()))
    }

    /// Named after the report, so that several lie side by side.
    pub fn file(&self) -> String {
        let number = self.said["body"]["report_no"].as_str().unwrap_or_default();
        let plain: String = number.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
        if plain.is_empty() { "to-sign.json".to_owned() } else { format!("to-sign-{plain}.json") }
    }
}

impl Form {
    /// Offers the step; what was prepared before is there still.
    pub fn may_sign(&mut self) {
        let told = |name| self.told_value(name).and_then(|text| serde_json::from_str(&text).ok());
        let said: Option<Value> = told(Signing::SAID);
        let covered = told(Signing::COVERED).and_then(|value: Value| value.as_object().cloned()).unwrap_or_default();
        let mut statement = made(&self.typed, &self.w, Signing::STATEMENT, Kind::Lines);
        statement.optional().hint(self.w.t("h-statement"));
        self.signing = Some(Signing { prepared: said.map(|said| ToSign { said, covered }), statement });
    }

    pub fn prepared(&mut self, prepared: &Prepared) {
        if let Some(signing) = &mut self.signing {
            signing.prepared = Some(ToSign { said: prepared.to_sign.clone(), covered: prepared.add.clone() });
        }
    }

    /// Puts the statement that was pasted into the act, and what it covers; `covers` are names that no field of the form has.
    pub fn sign(&self, act: &mut Value, covers: &[&str]) -> Result<(), Refusal> {
        let Some(text) = act.get(Signing::STATEMENT).and_then(Value::as_str).map(str::to_owned) else { return Ok(()) };
        // Terminals break a long line where it is copied from.
        let whole: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let statement: Statement =
            serde_json::from_str(&whole).map_err(|_| Refusal::new("wrong-shape").at(Signing::STATEMENT, text))?;
        act[Signing::STATEMENT] = serde_json::json!(statement);
        let Some(to_sign) = self.signing.as_ref().and_then(|signing| signing.prepared.as_ref()) else { return Ok(()) };
        for (name, value) in to_sign.covered.iter().filter(|(name, _)| covers.contains(&name.as_str())) {
            if act.get(name).is_none() {
                act[name] = value.clone();
            }
        }
        Ok(())
    }
}
