//! The demo county of the season 2026: its organisations, plots, products and licence, and batches on their way.

use serde_json::{Value, json};

use super::{Instance, act, actor};
use crate::domain::acts::Refusal;
use crate::domain::acts::UniqueName;
use crate::domain::acts::batches::OpenBatch;
use crate::domain::acts::correct::CorrectRecord;
use crate::domain::acts::handing_over::{ReceiveShipment, ReturnQuantity, ShipBatch};
use crate::domain::acts::keeping::{CloseBatch, LoseQuantity, RecallBatch, StoreBatch};
use crate::domain::acts::keys::{RegisterKey, RevokeKey, RotateKey};
use crate::domain::acts::laboratory::{DrawSample, ReceiveSample, ReportTest};
use crate::domain::acts::licences::{GrantLicence, RegisterMark, RevokeLicence};
use crate::domain::acts::making::{GradeBatch, MergeBatches, ProcessBatch, SplitBatch};
use crate::domain::acts::note::{NoteBatch, NotePlot};
use crate::domain::acts::organisations::{FoundInstance, RegisterOrganisation};
use crate::domain::acts::packing::{IssueCertificate, PackBatch};
use crate::domain::acts::plots::{ConsentPlot, RegisterPlot, RegisterSite, TreatPlot, UseInput, WithdrawConsent};
use crate::domain::acts::products::RegisterProduct;
use crate::domain::gs1::{Gtin, Lot};
use crate::domain::record::{Actor, Handle, Role, Subject, SubjectKind};

pub(crate) const LOOSE: &str = "09520000100049";
pub(crate) const CARTON_SPECIAL: &str = "09520000100018";
pub(crate) const CARTON_FIRST: &str = "09520000100025";
pub(crate) const LYCHEE: &str = "09520000100070";
pub(crate) const LYCHEE_BOX: &str = "09520000100056";

/// The county before anything was harvested.
pub(crate) struct County {
    pub it: Instance,
    pub operator: Actor,
    pub association: Actor,
    pub hongqi: Actor,
    pub riverside: Actor,
    pub laboratory: Actor,
    pub buyer: Actor,
    pub plots: [Handle; 3],
    pub lychee_plot: Handle,
    pub mark: Handle,
    /// 001 of 红旗, for both cartons.
    pub licence: Handle,
}

/// Wrapped so that an act can be run from its JSON and the handle of its address in one line.
macro_rules! acts {
    ($($name:ident = $type:ident { $($field:ident),* };)+) => {
        /// The buyer's credit code.
pub(crate) const BUYER_CODE: &str = "91999002MA00003143";

impl County {
            $(pub fn $name(&mut self, by: &Actor, $($field: Handle,)* form: Value) -> Result<Handle, Refusal> {
                #[allow(unused_mut, reason = "acts without a handle from the address have nothing to set")]
                let mut told: $type = act(form);
                $(told.$field = $field;)*
                self.it.run(by, &told).map(|subject| subject.handle)
            })+
        }
    };
}

acts! {
    open = OpenBatch {};
    recall = RecallBatch { batch };
    store = StoreBatch { batch };
    lose = LoseQuantity { batch };
    close = CloseBatch { batch };
    note = NoteBatch { batch };
    note_plot = NotePlot { plot };
    consent = ConsentPlot { plot };
    withdraw_consent = WithdrawConsent { plot };
    register_site = RegisterSite {};
    use_input = UseInput { plot };
    process = ProcessBatch { batch };
    grade = GradeBatch { batch };
    split = SplitBatch { batch };
    merge = MergeBatches {};
    pack = PackBatch { batch };
    certify = IssueCertificate { batch };
    ship = ShipBatch { batch };
    receive = ReceiveShipment { shipment };
    give_back = ReturnQuantity { batch };
    draw = DrawSample { batch };
    receive_sample = ReceiveSample { sample };
    report = ReportTest { sample };
    treat = TreatPlot { plot };
    register_plot = RegisterPlot {};
    register_product = RegisterProduct {};
    register_organisation = RegisterOrganisation {};
    register_mark = RegisterMark {};
    grant = GrantLicence {};
    revoke = RevokeLicence { licence };
    register_key = RegisterKey {};
    rotate_key = RotateKey { key };
    revoke_key = RevokeKey { key };
}

impl County {
    pub fn new() -> Self {
        let mut it = Instance::new(2026);
        let operator = actor(Handle::from_bytes([7; 16]), Role::Operator);
        let organisation =
            act(json!({"kind": "operator", "name": {"zh": "示范县溯源平台"}, "uscc": uscc("11999001MA0000777"),
            "place": {"zh": "示范县"}, "utc_offset_minutes": 480}));
        it.run(&operator, &FoundInstance { handle: operator.org, organisation }).unwrap();
        let mut county = Self {
            association: operator.clone(),
            hongqi: operator.clone(),
            riverside: operator.clone(),
            laboratory: operator.clone(),
            buyer: operator.clone(),
            operator,
            it,
            plots: [Handle::default(); 3],
            lychee_plot: Handle::default(),
            mark: Handle::default(),
            licence: Handle::default(),
        };
        county.register_all();
        county
    }

    fn organisation(&mut self, role: Role, form: Value) -> Actor {
        let by = self.operator.clone();
        actor(self.register_organisation(&by, form).unwrap(), role)
    }

    fn register_all(&mut self) {
        self.association = self.organisation(
            Role::Association,
            json!({"kind": "association",
            "name": {"zh": "示范县脐橙协会", "en": "Shifan Navel Orange Association"}, "uscc": "51999001MA0000218F"}),
        );
        self.hongqi = self.organisation(
            Role::Cooperative,
            json!({"kind": "cooperative",
            "name": {"zh": "示范红旗脐橙合作社", "en": "Hongqi Navel Orange Cooperative"}, "uscc": "93999001MA0000015G",
            "place": {"zh": "示范县", "en": "Shifan County"}, "phone": "000-12345", "contact": "示范·李某"}),
        );
        self.riverside = self.organisation(Role::Cooperative, json!({"kind": "cooperative",
            "name": {"zh": "示范江岸合作社"}, "uscc": "93999001MA0000023B", "place": {"zh": "示范县"}, "phone": "000-22222"}));
        self.laboratory = self.organisation(Role::Laboratory, json!({"kind": "laboratory",
            "name": {"zh": "示范县农产品快检中心", "en": "Shifan County Produce Test Centre"}, "uscc": "12999001MA00001115",
            "accreditation": {"cma": "示范-2026-001", "until": "2029-05-31"}}));
        self.buyer = self.organisation(
            Role::Cooperative,
            json!({"kind": "buyer", "name": {"zh": "示范生鲜甲"},
            "uscc": BUYER_CODE, "phone": "000-33333", "place": {"zh": "示范市"}}),
        );
        self.register_goods();
        let association = self.association.clone();
        self.mark = self.register_mark(&association, json!({"name": {"zh": "示范之巅", "en": "Shifan Peak"}})).unwrap();
        self.licence = self.grant_to(&self.hongqi.clone(), "LIC-SF-2026-001", "2027-01-01").unwrap();
    }

    /// A licence for both cartons and lychee boxes from 2026-01-01 on.
    pub fn grant_to(&mut self, licensee: &Actor, number: &str, until: &str) -> Result<Handle, Refusal> {
        let (association, mark) = (self.association.clone(), self.mark);
        self.grant(
            &association,
            json!({"number": number, "mark": mark, "licensee": licensee.org, "from": "2026-01-01",
            "until": until, "packs": 120_000, "gtins": [CARTON_SPECIAL, CARTON_FIRST, LYCHEE_BOX]}),
        )
    }

    fn register_goods(&mut self) {
        let (hongqi, riverside) = (self.hongqi.clone(), self.riverside.clone());
        let plots = [
            ("SF-P01", 12_000, "31.018320", "109.464210", 260),
            ("SF-P02", 23_500, "31.022940", "109.471850", 340),
            ("SF-P03", 8_600, "31.009770", "109.452600", 215),
        ];
        self.plots = plots.map(|(code, area_m2, lat, lon, altitude_m)| {
            self.register_plot(
                &hongqi,
                json!({"code": code, "place": {"zh": "示范县", "en": "Shifan County"},
                "area_m2": area_m2, "crop": {"zh": "脐橙"}, "variety": {"zh": "凤早型", "en": "Fengzao"},
                "altitude_m": altitude_m, "point": {"lat": lat, "lon": lon}, "grower": "示范·王某"}),
            )
            .unwrap()
        });
        self.lychee_plot = self
            .register_plot(
                &riverside,
                json!({"code": "SF-L01", "place": {"zh": "示范县"},
            "area_m2": 16_000, "crop": {"zh": "荔枝"}, "point": {"lat": "23.879400", "lon": "113.531200"}}),
            )
            .unwrap();
        let pack = |gtin: &str, grade: &str| {
            json!({"gtin": gtin, "name": {"zh": "脐橙 5 kg", "en": "Navel oranges 5 kg"},
            "commodity": "navel_orange", "grade": grade, "form": "pack", "unit": "pieces", "net_g": 5000,
            "requires_cert": true, "storage": {"zh": "3–8 °C", "en": "3–8 °C"}})
        };
        let products = [
            (
                &hongqi,
                json!({"gtin": LOOSE, "name": {"zh": "脐橙", "en": "Navel oranges"}, "commodity": "navel_orange",
                "variety": {"zh": "凤早型"}, "form": "loose", "unit": "grams", "requires_cert": true}),
            ),
            (&hongqi, pack(CARTON_SPECIAL, "特级")),
            (&hongqi, pack(CARTON_FIRST, "一级")),
            (
                &riverside,
                json!({"gtin": LYCHEE, "name": {"zh": "荔枝"}, "commodity": "lychee", "form": "loose",
                "unit": "grams", "requires_cert": true}),
            ),
            (
                &riverside,
                json!({"gtin": LYCHEE_BOX, "name": {"zh": "荔枝 1 kg"}, "commodity": "lychee", "form": "pack",
                "unit": "pieces", "net_g": 1000, "shelf_life_days": 7, "requires_cert": true}),
            ),
        ];
        for (by, form) in products {
            self.register_product(by, form).unwrap();
        }
    }

    /// The handle of a lot.
    pub fn lot(&self, gtin: &str, lot: &str) -> Handle {
        let (gtin, lot): (Gtin, Lot) = (gtin.parse().unwrap(), lot.parse().unwrap());
        self.it.names[&UniqueName::lot(gtin, &lot)]
    }

    /// 红旗 picks a plot, on one day.
    pub fn harvest(&mut self, plot: Handle, lot: &str, day: &str, grams: u64) -> Result<Handle, Refusal> {
        let by = self.hongqi.clone();
        self.it.at(&format!("{day} 17:00"));
        self.open(
            &by,
            json!({"basis": "harvested", "gtin": LOOSE, "lot": lot, "quantity": grams,
            "plots": [{"plot": plot}], "picked": {"from": day, "to": day}}),
        )
    }

    pub fn correct(
        &mut self,
        by: &Actor,
        subject: Handle,
        seq: u64,
        path: &str,
        new: Value,
    ) -> Result<Handle, Refusal> {
        self.correct_with(by, subject, json!({"seq": seq, "path": path, "new": new}))
    }

    /// As [`County::correct`], with whatever else the form has.
    pub fn correct_with(&mut self, by: &Actor, subject: Handle, mut form: Value) -> Result<Handle, Refusal> {
        let kind = self.it.subjects.get(&subject).map_or(SubjectKind::Batch, |known| known.subject.kind);
        form["reason"] = json!("录入多一个零");
        let mut form: CorrectRecord = act(form);
        form.subject = Some(Subject::new(kind, subject));
        self.it.run(by, &form).map(|subject| subject.handle)
    }

    /// A sample for the laboratory, drawn and received.
    pub fn sample(&mut self, by: &Actor, batch: Handle, code: &str, grams: u64) -> Handle {
        let laboratory = self.laboratory.clone();
        let form = json!({"laboratory": laboratory.org, "code": code, "quantity": grams});
        let sample = self.draw(by, batch, form).unwrap();
        self.receive_sample(&laboratory, sample, json!({})).unwrap();
        sample
    }

    /// A screening by enzyme inhibition (at 50 % it is positive).
    pub fn screen(&mut self, sample: Handle, report_no: &str, percent: &str) -> Result<Handle, Refusal> {
        let laboratory = self.laboratory.clone();
        self.report(
            &laboratory,
            sample,
            json!({"report_no": report_no, "tier": "screening", "results": [
            {"analyte": "酶抑制率", "value": percent, "unit": "%", "limit": "50", "rule": "below",
             "method": "GB/T 5009.199-2003"}]}),
        )
    }

    /// A quantitative report: analyte, value, limit.
    pub fn test(&mut self, sample: Handle, report_no: &str, values: &[(&str, &str, &str)]) -> Result<Handle, Refusal> {
        let laboratory = self.laboratory.clone();
        let results: Vec<Value> = values
            .iter()
            .map(|(analyte, value, limit)| {
                let (qualifier, value) = value.strip_prefix('<').map_or(("equals", *value), |loq| ("below_loq", loq));
                json!({"analyte": analyte, "value": value, "qualifier": qualifier, "unit": "mg/kg", "limit": limit,
                    "limit_source": "GB 2763-2026", "method": "GB 23200.121-2026"})
            })
            .collect();
        self.report(&laboratory, sample, json!({"report_no": report_no, "tier": "third_party", "results": results}))
    }

    /// Cartons under the licence, packed today.
    pub fn pack_cartons(&mut self, batch: Handle, gtin: &str, lot: &str, packs: u64) -> Result<Handle, Refusal> {
        let (by, licence) = (self.hongqi.clone(), self.licence);
        let day = self.it.now.civil_date(super::OFFSET_MINUTES);
        self.pack(
            &by,
            batch,
            json!({"packed_on": day, "outputs": [
            {"gtin": gtin, "lot": lot, "packs": packs, "licence": licence}]}),
        )
    }
}

/// A code with its check character (GB 32100) put on.
pub(crate) fn uscc(seventeen: &str) -> String {
    let ends = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let mut codes = ends.map(|end| format!("{seventeen}{end}"));
    codes.find(|code| code.parse::<crate::domain::uscc::Uscc>().is_ok()).unwrap()
}
