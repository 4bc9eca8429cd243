//! English names of terms that records hold in Chinese only: actives of plant protection and grades. Records keep the
//! name as it was written; what is compared (a panel with what was sprayed) is always that name, never these.
//!
//! Actives are paired as GB 2763 pairs them (中文通用名, ISO common name). A term that is not listed has no English name
//! here: nothing is translated by guess.

/// Actives and contaminants, sorted by nothing but their use: insecticides, acaricides, fungicides, regulators, metals.
const SUBSTANCES: &[(&str, &str)] = &[
    ("啶虫脒", "Acetamiprid"),
    ("吡虫啉", "Imidacloprid"),
    ("噻虫嗪", "Thiamethoxam"),
    ("噻虫胺", "Clothianidin"),
    ("噻虫啉", "Thiacloprid"),
    ("呋虫胺", "Dinotefuran"),
    ("烯啶虫胺", "Nitenpyram"),
    ("噻嗪酮", "Buprofezin"),
    ("吡丙醚", "Pyriproxyfen"),
    ("吡蚜酮", "Pymetrozine"),
    ("氟啶虫胺腈", "Sulfoxaflor"),
    ("螺虫乙酯", "Spirotetramat"),
    ("阿维菌素", "Abamectin"),
    ("甲氨基阿维菌素苯甲酸盐", "Emamectin benzoate"),
    ("多杀霉素", "Spinosad"),
    ("乙基多杀菌素", "Spinetoram"),
    ("茚虫威", "Indoxacarb"),
    ("虫螨腈", "Chlorfenapyr"),
    ("氯虫苯甲酰胺", "Chlorantraniliprole"),
    ("除虫脲", "Diflubenzuron"),
    ("灭幼脲", "Chlorbenzuron"),
    ("虱螨脲", "Lufenuron"),
    ("氟啶脲", "Chlorfluazuron"),
    ("联苯菊酯", "Bifenthrin"),
    ("氯氰菊酯", "Cypermethrin"),
    ("高效氯氰菊酯", "Beta-cypermethrin"),
    ("氯氟氰菊酯", "Cyhalothrin"),
    ("高效氯氟氰菊酯", "Lambda-cyhalothrin"),
    ("氟氯氰菊酯", "Cyfluthrin"),
    ("溴氰菊酯", "Deltamethrin"),
    ("甲氰菊酯", "Fenpropathrin"),
    ("氰戊菊酯", "Fenvalerate"),
    ("毒死蜱", "Chlorpyrifos"),
    ("丙溴磷", "Profenofos"),
    ("三唑磷", "Triazophos"),
    ("乐果", "Dimethoate"),
    ("氧乐果", "Omethoate"),
    ("水胺硫磷", "Isocarbophos"),
    ("甲胺磷", "Methamidophos"),
    ("乙酰甲胺磷", "Acephate"),
    ("甲拌磷", "Phorate"),
    ("敌敌畏", "Dichlorvos"),
    ("敌百虫", "Trichlorfon"),
    ("马拉硫磷", "Malathion"),
    ("辛硫磷", "Phoxim"),
    ("对硫磷", "Parathion"),
    ("甲基对硫磷", "Parathion-methyl"),
    ("久效磷", "Monocrotophos"),
    ("杀扑磷", "Methidathion"),
    ("亚胺硫磷", "Phosmet"),
    ("杀螟硫磷", "Fenitrothion"),
    ("倍硫磷", "Fenthion"),
    ("克百威", "Carbofuran"),
    ("灭多威", "Methomyl"),
    ("涕灭威", "Aldicarb"),
    ("甲萘威", "Carbaryl"),
    ("丁硫克百威", "Carbosulfan"),
    ("异丙威", "Isoprocarb"),
    ("乙螨唑", "Etoxazole"),
    ("螺螨酯", "Spirodiclofen"),
    ("哒螨灵", "Pyridaben"),
    ("炔螨特", "Propargite"),
    ("四螨嗪", "Clofentezine"),
    ("噻螨酮", "Hexythiazox"),
    ("唑螨酯", "Fenpyroximate"),
    ("联苯肼酯", "Bifenazate"),
    ("苯丁锡", "Fenbutatin oxide"),
    ("三唑锡", "Azocyclotin"),
    ("双甲脒", "Amitraz"),
    ("三氯杀螨醇", "Dicofol"),
    ("代森锰锌", "Mancozeb"),
    ("代森锌", "Zineb"),
    ("代森联", "Metiram"),
    ("丙森锌", "Propineb"),
    ("福美双", "Thiram"),
    ("百菌清", "Chlorothalonil"),
    ("克菌丹", "Captan"),
    ("多菌灵", "Carbendazim"),
    ("甲基硫菌灵", "Thiophanate-methyl"),
    ("噻菌灵", "Thiabendazole"),
    ("咪鲜胺", "Prochloraz"),
    ("抑霉唑", "Imazalil"),
    ("嘧霉胺", "Pyrimethanil"),
    ("咯菌腈", "Fludioxonil"),
    ("嘧菌酯", "Azoxystrobin"),
    ("吡唑醚菌酯", "Pyraclostrobin"),
    ("醚菌酯", "Kresoxim-methyl"),
    ("肟菌酯", "Trifloxystrobin"),
    ("苯醚甲环唑", "Difenoconazole"),
    ("戊唑醇", "Tebuconazole"),
    ("丙环唑", "Propiconazole"),
    ("氟硅唑", "Flusilazole"),
    ("腈菌唑", "Myclobutanil"),
    ("三唑酮", "Triadimefon"),
    ("己唑醇", "Hexaconazole"),
    ("腐霉利", "Procymidone"),
    ("异菌脲", "Iprodione"),
    ("啶酰菌胺", "Boscalid"),
    ("烯酰吗啉", "Dimethomorph"),
    ("甲霜灵", "Metalaxyl"),
    ("霜霉威", "Propamocarb"),
    ("霜脲氰", "Cymoxanil"),
    ("春雷霉素", "Kasugamycin"),
    ("草甘膦", "Glyphosate"),
    ("草铵膦", "Glufosinate-ammonium"),
    ("多效唑", "Paclobutrazol"),
    ("氯吡脲", "Forchlorfenuron"),
    ("赤霉酸", "Gibberellic acid"),
    ("滴滴涕", "DDT"),
    ("六六六", "HCH"),
    ("铅", "Lead"),
    ("镉", "Cadmium"),
    // What a screening by enzyme inhibition (GB/T 5009.199-2003) reports.
    ("酶抑制率", "Enzyme inhibition"),
    ("胆碱酯酶抑制率", "Cholinesterase inhibition"),
];

/// States in which a sample may come to a laboratory.
pub const CONDITIONS: &[(&str, &str)] = &[
    ("完好", "Intact"),
    ("包装破损", "Packaging damaged"),
    ("样品受损", "Sample damaged"),
    ("封条不完整", "Seal broken"),
];

/// Grades of fruit standards (GB/T 21488-2008 and the like).
const GRADES: &[(&str, &str)] = &[
    ("特级", "Special grade"),
    ("优级", "Superior grade"),
    ("一级", "First grade"),
    ("二级", "Second grade"),
    ("三级", "Third grade"),
    ("等外", "Out of grade"),
];

/// The English of a term, with what stands behind it where that reads in English as it is: a strength and formulation
/// (`啶虫脒 20% SP`), a size (`特级 75–85 mm`), what it is calculated as (`代森锰锌（以 CS₂ 计）`).
pub fn english(text: &str) -> Option<String> {
    let known = SUBSTANCES.iter().chain(GRADES).chain(CONDITIONS);
    let (zh, en) = known.filter(|(zh, _)| text.starts_with(zh)).max_by_key(|(zh, _)| zh.len())?;
    let rest = &text[zh.len()..];
    let rest = match calculated_as(rest) {
        Some(compound) => format!(" (as {compound})"),
        None => rest.to_owned(),
    };
    rest.chars().all(reads_in_english).then(|| format!("{en}{rest}"))
}

/// What records hold for an English term, as it stands in the lists; capitals do not matter.
pub fn chinese(text: &str) -> Option<&'static str> {
    let text = text.trim();
    SUBSTANCES.iter().chain(GRADES).find(|(_, en)| en.eq_ignore_ascii_case(text)).map(|(zh, _)| *zh)
}

/// `CS₂` of `（以 CS₂ 计）`.
fn calculated_as(text: &str) -> Option<&str> {
    Some(text.trim().strip_prefix("（以")?.strip_suffix("计）")?.trim())
}

/// Letters of other scripts than Chinese, figures and signs; no ideograph, no full-width sign.
fn reads_in_english(character: char) -> bool {
    !matches!(u32::from(character), 0x2E80..=0x9FFF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F | 0xFF00..=0xFFEF | 0x20000..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_term_is_told_in_english_with_its_strength_size_or_compound() {
        for (zh, en) in [
            ("啶虫脒", "Acetamiprid"),
            ("阿维菌素 1.8% EC", "Abamectin 1.8% EC"),
            ("高效氯氰菊酯", "Beta-cypermethrin"),
            ("代森锰锌（以 CS₂ 计）", "Mancozeb (as CS₂)"),
            ("特级", "Special grade"),
            ("特级 75–85 mm", "Special grade 75–85 mm"),
        ] {
            assert_eq!(english(zh).as_deref(), Some(en));
        }
    }

    #[test]
    fn nothing_is_translated_by_guess() {
        for unknown in ["", "某某灵", "甲霜灵·锰锌 68% WG", "特级果", "铅笔", "乐果（禁用）", "SF-2026"]
        {
            assert_eq!(english(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn each_term_has_one_english_name() {
        let mut seen = std::collections::BTreeSet::new();
        for (zh, en) in SUBSTANCES.iter().chain(GRADES).chain(CONDITIONS) {
            assert!(seen.insert(*zh) && seen.insert(*en), "{zh} {en} stands twice");
        }
    }
}
