//! Corrections as steps of their own: both values stay visible, where the correction happened.

use serde_json::Value;

use super::figures::{self, Counted};
use super::history::Line;
use super::story::Told;
use super::{Built, Page};
use crate::domain::kinds::Body;
use crate::domain::kinds::batches::{Basis, BatchOpened};
use crate::domain::kinds::licences::LicenceGranted;
use crate::domain::kinds::sites::PlotRegistered;
use crate::domain::record::correction::Correction;
use crate::domain::view::{Bilingual, CorrectionView, StepKind, StepView};

/// Fields by the last name of their path; a path that is not here stands as it is.
const NAMES: &[(&str, &str, &str)] = &[
    ("quantity", "数量", "Amount"),
    ("input", "投入数量", "Amount in"),
    ("output", "产出数量", "Amount out"),
    ("loss", "损耗", "Loss"),
    ("cull", "等外", "Out of grade"),
    ("from", "起始日期", "First day"),
    ("to", "结束日期", "Last day"),
    ("until", "截止日期", "End date"),
    ("on", "日期", "Date"),
    ("packed_on", "包装日期", "Pack date"),
    ("best_before", "保质期至", "Best before"),
    ("issued_on", "签发日期", "Date of issue"),
    ("grade", "等级", "Grade"),
    ("size", "规格", "Size"),
    ("reason", "原因", "Reason"),
    ("note", "备注", "Note"),
    ("celsius", "温度", "Temperature"),
    ("humidity_percent", "湿度", "Humidity"),
    ("minutes", "时长（分钟）", "Minutes"),
    ("active", "有效成分", "Active ingredient"),
    ("dose", "用量", "Dose"),
    ("interval_days", "安全间隔期（天）", "Waiting time (days)"),
    ("area_m2", "面积（平方米）", "Area (m²)"),
    ("altitude_m", "海拔（米）", "Altitude (m)"),
    ("mean", "平均值", "Mean"),
];

impl Page<'_> {
    /// The correction that a record is, if it corrects something that this page tells.
    pub fn correction(&self, line: &Line, told: &Told) -> Built<Option<StepView>> {
        let Some(correction) = Correction::of(&line.record)? else { return Ok(None) };
        let handle = line.record.subject.handle;
        let Some(target) = self.history.at(handle, correction.corrects.seq) else { return Ok(None) };
        // What is left open is told wherever it is left.
        let open = correction.discrepancy_g.is_some() && self.lineage.holds(handle);
        if !open && (!self.tells(target, told) || self.tells_at_parent(target, &correction)) {
            return Ok(None);
        }
        let counted = self.lineage.opening(handle).map(Counted::of);
        let view = CorrectionView {
            what: self.what(target, &correction),
            old: shown(&correction, &correction.old, counted),
            new: shown(&correction, &correction.new, counted),
            reason: correction.reason.clone(),
        };
        let day = self.day(line.record.occurred_at).to_string();
        let mut step = StepView::new(StepKind::Corrected, day, self.history.name_of(line.record.actor.org)?);
        step.lot = self.other_lot(handle);
        step.figures.extend(counted.and_then(|counted| figures::discrepancy(&line.record, counted)));
        step.correction = Some(view);
        Ok(Some(step))
    }

    fn tells(&self, target: &Line, told: &Told) -> bool {
        let handle = target.record.subject.handle;
        told.contains(&(handle, target.record.seq))
            || (target.is::<BatchOpened>() && self.lineage.holds(handle))
            || (target.is::<PlotRegistered>() && self.lineage.plots(self.history).contains(&handle))
            || (target.is::<LicenceGranted>() && self.lineage.licences(self.history).contains(&handle))
    }

    /// The amount that a child got stands in its parent's record too, and is told there.
    fn tells_at_parent(&self, target: &Line, correction: &Correction) -> bool {
        let opening = self.lineage.opening(target.record.subject.handle);
        target.is::<BatchOpened>() && last(correction) == "quantity" && opening.is_some_and(|it| !it.parents.is_empty())
    }

    fn what(&self, target: &Line, correction: &Correction) -> Bilingual {
        let name = last(correction);
        let harvested =
            self.lineage.opening(target.record.subject.handle).is_some_and(|it| it.basis == Basis::Harvested);
        if target.record.kind == BatchOpened::KIND && harvested {
            match name {
                "quantity" => return Bilingual::new("采收重量", "Harvest weight"),
                "from" => return Bilingual::new("采收首日", "First day of harvest"),
                "to" => return Bilingual::new("采收末日", "Last day of harvest"),
                _ => {}
            }
        }
        field_name(name).unwrap_or_else(|| Bilingual::same(name))
    }
}

/// What a field that people correct is called.
pub fn field_name(name: &str) -> Option<Bilingual> {
    NAMES.iter().find(|(field, ..)| *field == name).map(|(_, zh, en)| Bilingual::new(*zh, *en))
}

/// Whether a field of this name holds an amount in its batch's unit.
pub fn is_amount(name: &str) -> bool {
    matches!(name, "quantity" | "input" | "output" | "loss" | "cull")
}

/// The last name on the path that is no index.
fn last(correction: &Correction) -> &str {
    let names = correction.path.tokens().iter().rev();
    let mut named = names.filter(|token| token.bytes().any(|byte| !byte.is_ascii_digit()));
    named.next().map_or("", String::as_str)
}

/// A value as people read it; amounts of a batch carry their unit.
fn shown(correction: &Correction, value: &Value, counted: Option<Counted>) -> String {
    match (value, counted) {
        (Value::Number(number), Some(counted)) if is_amount(last(correction)) => match number.as_u64() {
            Some(amount) => counted.text(amount),
            None => number.to_string(),
        },
        (Value::String(text), _) => text.clone(),
        (Value::Null, _) => "–".to_owned(),
        (other, _) => other.to_string(),
    }
}
