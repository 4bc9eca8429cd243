//! What came in and where it went: an equation, and a bar.

use super::amount;
use crate::app::desk::BatchPage;
use crate::domain::quantity::Unit;
use crate::i18n::{Locale, format};
use crate::web::console::shell::Shell;

/// One stretch of the balance bar.
pub struct Part {
    pub label: String,
    pub amount: String,
    /// Of a thousand.
    pub permille: u64,
    pub x: u64,
    pub class: String,
    pub href: Option<String>,
}

/// `进 9,600 kg = 出 9,504 + 样品 7.2 + 损耗 88.8 + 结余 0`
pub fn equation(shell: &Shell, page: &BatchPage) -> String {
    let (w, flow, unit) = (&shell.w, &page.flow, page.batch.unit);
    let given: u64 = flow.given.iter().map(|given| given.quantity).sum();
    let mut terms = Vec::new();
    let mut term = |key: &str, value: u64, always: bool| {
        if value > 0 || always {
            terms.push(w.t1(key, "amount", amount(shell, value, unit)));
        }
    };
    term("balance-given", given, false);
    term("balance-sampled", flow.sampled, false);
    term("balance-shipped", flow.shipped, false);
    term("balance-returned", flow.returned, false);
    term("balance-cull", flow.cull, false);
    term("balance-lost", flow.lost, false);
    term("balance-rest", page.batch.rest(), true);
    format!("{} = {}", w.t1("balance-in", "amount", amount(shell, flow.input, unit)), terms.join(" + "))
}

/// The same in 斤, by which people decide: what came in and what is left.
pub fn in_jin(shell: &Shell, page: &BatchPage) -> Option<String> {
    let jin = |grams: u64| format::jin(i64::try_from(grams).unwrap_or(i64::MAX));
    let is_weighed = page.batch.unit == Unit::Grams && shell.w.locale == Locale::ZhCn;
    is_weighed.then(|| shell.w.t2("balance-jin", "came", jin(page.flow.input), "left", jin(page.batch.rest())))
}

pub fn parts(shell: &Shell, page: &BatchPage) -> Vec<Part> {
    let (w, flow, unit) = (&shell.w, &page.flow, page.batch.unit);
    let whole = flow.input.max(flow.out()).max(1);
    let mut parts: Vec<Part> = Vec::new();
    let mut x = 0;
    let mut add = |label: String, value: u64, class: String, href: Option<String>| {
        if value > 0 {
            let permille = (u128::from(value) * 1000 / u128::from(whole)) as u64;
            parts.push(Part { label, amount: amount(shell, value, unit), permille, x, class, href });
            x += permille;
        }
    };
    for (index, given) in flow.given.iter().enumerate() {
        let lot = page
            .nodes
            .iter()
            .find(|node| node.handle == given.batch)
            .map_or(given.lot.as_str(), |node| node.code.as_str());
        let label = given.grade.as_ref().map_or_else(|| lot.to_owned(), |grade| w.term(grade));
        add(label, given.quantity, format!("given{}", index % 4), Some(format!("/console/batches/{}", given.batch)));
    }
    add(w.t("part-shipped"), flow.shipped, "shipped".into(), None);
    add(w.t("part-sampled"), flow.sampled, "sampled".into(), None);
    add(w.t("part-cull"), flow.cull, "cull".into(), None);
    add(w.t("part-lost"), flow.lost, "lost".into(), None);
    add(w.t("part-returned"), flow.returned, "returned".into(), None);
    add(w.t("part-rest"), page.batch.rest(), "rest".into(), None);
    parts
}
