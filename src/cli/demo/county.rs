//! The whole county, in the order in which it happened.

use std::path::Path;

use super::clock::DemoClock;
use super::registers::{laboratory, licence, lit, name, oranges, organisation, plot, product, spray};
use super::summary::{Account, BatchLine, Label, LogLine, Summary};
use super::teller::Teller;
use super::{files, harvests, leaves, signing};
use crate::app::people::members;
use crate::app::{App, Caller, founding, keys, scan};
use crate::domain::acts::licences::{RegisterMark, RevokeLicence};
use crate::domain::acts::organisations::RegisterOrganisation;
use crate::domain::acts::plots::{ConsentPlot, RegisterPlot};
use crate::domain::acts::products::RegisterProduct;
use crate::domain::entities::Entity;
use crate::domain::gs1::DigitalLink;
use crate::domain::kinds::organisations::OrganisationKind;
use crate::domain::kinds::sites::ConsentForm;
use crate::domain::people::MemberKind;
use crate::domain::record::{Handle, Role, SubjectKind};

pub const LOOSE_ORANGES: &str = "09520000100049";
pub const CARTON_SPECIAL: &str = "09520000100018";
pub const CARTON_FIRST: &str = "09520000100025";
pub const GIFT_BOX: &str = "09520000100032";
pub const CASE_OF_GIFT_BOXES: &str = "19520000100015";
pub const LOOSE_LYCHEES: &str = "09520000100070";
pub const LYCHEE_BOX: &str = "09520000100056";
pub const TEA_LEAF: &str = "09520000100087";
/// White tea before it is packed; the demo's own addition to the list of products.
pub const LOOSE_TEA: &str = "09520000100094";
pub const TEA_PACK: &str = "09520000100063";

/// Who buys, by credit code: that is how it is shipped to.
pub const BUYER_A: &str = "91999002MA00003143";
pub const BUYER_B: &str = "91999003MA0000322C";

/// The organisations of the county.
#[derive(Clone, Copy)]
pub struct People {
    pub operator: Caller,
    pub hongqi: Caller,
    pub jiangan: Caller,
    pub yunling: Caller,
    pub laboratory: Caller,
    pub association: Caller,
    pub buyer_a: Caller,
}

/// Its plots.
#[derive(Clone, Copy)]
pub struct Plots {
    pub p01: Handle,
    pub p03: Handle,
    pub p04: Handle,
    pub lychee: Handle,
    pub tea: Handle,
}

/// Its licences.
#[derive(Clone, Copy)]
pub struct Licences {
    pub hongqi: Handle,
    pub jiangan: Handle,
    pub yunling: Handle,
}

/// Loads the county in the order of its calendar.
pub fn load(app: &App, clock: &DemoClock, url: &str, data_dir: &Path) -> anyhow::Result<Summary> {
    let mut teller = Teller::new(app, clock);
    teller.at("01-02", "09:00");
    let mut accounts = Vec::new();
    let people = register_people(&teller, &mut accounts)?;
    let keys = signing::register(&mut teller, &people, data_dir)?;
    register_products(&teller, &people)?;
    let plots = register_plots(&teller, &people)?;
    let licences = grant_licences(&teller, &people)?;
    let recalled = leaves::spring(&teller, &people, &plots, &licences)?;
    spray_until_june(&teller, &people, &plots)?;
    harvests::lychees(&mut teller, &people, &plots, &licences)?;
    treat(&teller, people.hongqi, plots.p01, "08-09", ("乙螨唑 11% SC", "乙螨唑", "6000×"), (30, 2))?;
    leaves::recall(&teller, &people, recalled)?;
    teller.at("09-15", "10:00");
    let revoked = RevokeLicence {
        licence: licences.yunling,
        reason: super::registers::lit("多次在授权范围外使用品牌标识"),
        told: Default::default(),
    };
    teller.tell(people.association, revoked)?;
    spray_late(&teller, &people, &plots)?;
    harvests::oranges(&mut teller, &people, &plots, &licences)?;
    // What the pages say is as of today, not as of the last act.
    clock.release();
    Ok(Summary { keys, ..summary(app, url, accounts, std::mem::take(&mut teller.refused))? })
}

fn register_people(teller: &Teller<'_>, accounts: &mut Vec<Account>) -> anyhow::Result<People> {
    let operator = organisation(
        OrganisationKind::Operator,
        "示范县农业农村局",
        "Demo County Bureau of Agriculture",
        "11999001MA0000423G",
    );
    let founded = founding::found(teller.app, operator.clone())?;
    let operating = Caller::of(founded.id, Role::Operator);
    accounts.push(account(teller.app, operating, &operator, "operator")?);
    let mut admit = |login: &str, registering: RegisterOrganisation| -> anyhow::Result<Caller> {
        let receipt = teller.tell(operating, registering.clone())?;
        let caller = Caller::of(receipt.id, registering.kind.role());
        accounts.push(account(teller.app, caller, &registering, login)?);
        Ok(caller)
    };
    use OrganisationKind::{Association, Buyer, Cooperative, Regulator};
    let people = People {
        operator: operating,
        association: admit(
            "association",
            organisation(Association, "示范县脐橙协会", "Demo County Navel Orange Association", "51999001MA0000218F"),
        )?,
        laboratory: admit("laboratory", laboratory(&teller.season))?,
        hongqi: admit(
            "hongqi",
            organisation(
                Cooperative,
                "示范红旗脐橙合作社",
                "Hongqi Navel Orange Cooperative (demo)",
                "93999001MA0000015G",
            ),
        )?,
        jiangan: admit(
            "jiangan",
            organisation(Cooperative, "示范江岸合作社", "Jiang'an Cooperative (demo)", "93999001MA0000023B"),
        )?,
        yunling: admit(
            "yunling",
            organisation(Cooperative, "示范云岭茶叶合作社", "Yunling Tea Cooperative (demo)", "93999001MA00000316"),
        )?,
        buyer_a: admit("buyer-a", organisation(Buyer, "示范生鲜甲", "Demo Fresh A", BUYER_A))?,
    };
    admit("buyer-b", organisation(Buyer, "示范商超乙", "Demo Markets B", BUYER_B))?;
    admit(
        "regulator",
        organisation(Regulator, "示范县市场监督管理局", "Demo County Market Regulator", "11999001MA00005311"),
    )?;
    Ok(people)
}

/// Of everybody in the demo, whose data is invented; nowhere else a password is known beforehand.
const PASSWORD: &str = "oranges picked at dawn";

/// An organisation's key, and a manager who logs in by `login`.
fn account(app: &App, caller: Caller, registered: &RegisterOrganisation, login: &str) -> anyhow::Result<Account> {
    members::add(app, caller.organisation, login, "示范·周某", MemberKind::Manager, PASSWORD)?;
    Ok(Account {
        role: caller.role.as_str().to_owned(),
        organisation: registered.name.zh.to_string(),
        id: caller.organisation.to_string(),
        name: registered.name.english().to_owned(),
        login: Some(login.to_owned()),
        password: Some(PASSWORD.to_owned()),
        api_key: keys::create(app, caller.organisation, "demo")?,
    })
}

fn register_products(teller: &Teller<'_>, people: &People) -> anyhow::Result<()> {
    let graded = |grade: &str, product: RegisterProduct| RegisterProduct {
        grade: Some(super::registers::lit(grade)),
        ..product
    };
    let oranges = |gtin, zh, en, net| product(gtin, zh, en, "navel_orange", net);
    teller.tell(people.hongqi, oranges(LOOSE_ORANGES, "脐橙（散装）", "Navel oranges, loose", None))?;
    let pictured = || files::ORANGES.told(teller, people.hongqi);
    let special = oranges(CARTON_SPECIAL, "脐橙 5 kg 箱装", "Navel oranges, 5 kg carton", Some(5_000));
    teller.tell(people.hongqi, RegisterProduct { told: pictured()?, ..graded("特级", special) })?;
    let first = oranges(CARTON_FIRST, "脐橙 5 kg 箱装", "Navel oranges, 5 kg carton", Some(5_000));
    teller.tell(people.hongqi, RegisterProduct { told: pictured()?, ..graded("一级", first) })?;
    teller.tell(people.hongqi, oranges(GIFT_BOX, "脐橙礼盒 12 枚", "Navel oranges, gift box of 12", Some(2_700)))?;
    let case = oranges(CASE_OF_GIFT_BOXES, "脐橙礼盒（整箱）", "Navel oranges, case of gift boxes", Some(10_800));
    teller.tell(people.hongqi, RegisterProduct { form: crate::domain::kinds::products::ProductForm::Case, ..case })?;
    teller.tell(people.jiangan, product(LOOSE_LYCHEES, "荔枝（散装）", "Lychees, loose", "lychee", None))?;
    let boxed = product(LYCHEE_BOX, "荔枝 1 kg", "Lychees 1 kg", "lychee", Some(1_000));
    teller.tell(people.jiangan, RegisterProduct { shelf_life_days: Some(7), ..boxed })?;
    teller.tell(people.yunling, product(TEA_LEAF, "茶鲜叶", "Fresh tea leaf", "tea", None))?;
    let dry = |product: RegisterProduct| RegisterProduct { requires_cert: false, ..product };
    teller.tell(people.yunling, dry(product(LOOSE_TEA, "白茶（散装）", "White tea, loose", "tea", None)))?;
    let pack = dry(product(TEA_PACK, "白茶 50 g", "White tea 50 g", "tea", Some(50)));
    teller.tell(people.yunling, RegisterProduct { shelf_life_days: Some(1_095), ..pack })?;
    Ok(())
}

fn register_plots(teller: &Teller<'_>, people: &People) -> anyhow::Result<Plots> {
    let early = || Some(name("凤早型", "Fengzao"));
    let orange = |code, point, area, altitude, variety, grower| {
        let plot = plot(code, point, area, Some(altitude), oranges(), variety);
        teller.tell(people.hongqi, RegisterPlot { grower: Some(lit(grower)), ..plot }).map(|done| done.id)
    };
    let p01 = orange("SF-P01", ("31.018320", "109.464210"), 12_000, 260, early(), "示范·李大山")?;
    let agreed = ConsentPlot { plot: p01, shown_as: lit("示范·李某"), how: ConsentForm::Paper };
    teller.tell(people.hongqi, agreed)?;
    orange("SF-P02", ("31.022940", "109.471850"), 23_500, 340, Some(name("凤园型", "Fengyuan")), "示范·王小川")?;
    let p03 = orange("SF-P03", ("31.009770", "109.452600"), 8_600, 215, early(), "示范·陈春")?;
    let p04 = orange("SF-P04", ("31.025000", "109.460000"), 7_500, 240, early(), "示范·李大山")?;
    let lychee = plot("SF-L01", ("23.879400", "113.531200"), 16_000, None, name("荔枝", "lychee"), None);
    let tea = plot("SF-T01", ("23.147300", "99.246800"), 21_000, Some(1_620), name("茶", "tea"), None);
    Ok(Plots {
        p01,
        p03,
        p04,
        lychee: teller.tell(people.jiangan, lychee)?.id,
        tea: teller.tell(people.yunling, tea)?.id,
    })
}

fn grant_licences(teller: &Teller<'_>, people: &People) -> anyhow::Result<Licences> {
    let mark = RegisterMark { name: name("示范之巅", "Shifan Peak"), told: Default::default() };
    let mark = teller.tell(people.association, mark)?.id;
    let season = &teller.season;
    let start = season.day("01-01");
    let grant = |number, licensee: Caller, gtins: &[&str], until, packs| {
        teller
            .tell(people.association, licence(number, mark, licensee.organisation, gtins, (start, until), packs))
            .map(|done| done.id)
    };
    let cartons = [CARTON_SPECIAL, CARTON_FIRST];
    Ok(Licences {
        hongqi: grant("LIC-SF-2026-001", people.hongqi, &cartons, season.year_after_today(), 120_000)?,
        jiangan: grant("LIC-SF-2026-002", people.jiangan, &[LYCHEE_BOX], season.day("11-01"), 20_000)?,
        yunling: grant("LIC-SF-2026-003", people.yunling, &[TEA_PACK], season.written("2027-01-01"), 20_000)?,
    })
}

/// Sprays a plot in the early morning of a day.
fn treat(
    teller: &Teller<'_>,
    caller: Caller,
    plot: Handle,
    month_day: &str,
    what: (&str, &str, &str),
    (interval_days, most): (u32, u32),
) -> anyhow::Result<()> {
    teller.at(month_day, "06:30");
    teller.tell(caller, spray(&teller.season, plot, month_day, what, interval_days, Some(most)))?;
    Ok(())
}

fn spray_until_june(teller: &Teller<'_>, people: &People, plots: &Plots) -> anyhow::Result<()> {
    let p01 = |day: &str, what, rule| treat(teller, people.hongqi, plots.p01, day, what, rule);
    p01("04-06", ("代森锰锌 80% WP", "代森锰锌", "500×"), (21, 3))?;
    p01("05-18", ("噻嗪酮 25% WP", "噻嗪酮", "1200×"), (35, 2))?;
    treat(teller, people.jiangan, plots.lychee, "05-20", ("嘧菌酯 25% SC", "嘧菌酯", "1500×"), (14, 3))?;
    p01("06-20", ("啶虫脒 20% SP", "啶虫脒", "5000×"), (14, 1))
}

fn spray_late(teller: &Teller<'_>, people: &People, plots: &Plots) -> anyhow::Result<()> {
    let abamectin = ("阿维菌素 1.8% EC", "阿维菌素", "3000×");
    treat(teller, people.hongqi, plots.p01, "09-30", abamectin, (14, 2))?;
    treat(teller, people.hongqi, plots.p03, "10-02", ("联苯菊酯 10% EC", "联苯菊酯", "3000×"), (21, 2))?;
    treat(teller, people.hongqi, plots.p04, "11-08", abamectin, (14, 2))
}

/// Everything that the demo holds, with the verdict of each pack's address as the page shows it.
fn summary(app: &App, url: &str, accounts: Vec<Account>, refused: Vec<String>) -> anyhow::Result<Summary> {
    let mut known = app.store.of_kind(SubjectKind::Batch, None, 1_000)?.items;
    known.reverse();
    let (mut batches, mut labels) = (Vec::new(), Vec::new());
    for known in &known {
        let Entity::Batch(batch) = &known.entity else { continue };
        let view = app.visit_database(|visit| scan::of_batch(visit, known.subject.handle))?.view;
        let link = DigitalLink::lot(batch.gtin, batch.lot.clone());
        batches.push(BatchLine {
            state: batch.stage.as_str().to_owned(),
            held: view.verdict.as_str() == "held" || !batch.holds.is_empty(),
            recalled: batch.recalled,
            id: known.subject.handle.to_string(),
            lot_code: batch.lot.to_string(),
            gtin: batch.gtin.to_string(),
            product: view.product.map(|product| product.name.zh).unwrap_or_default(),
        });
        let is_pack = batch.net_g.is_some() || view.verdict.as_str() != "issued";
        if is_pack {
            labels.push(Label {
                state: view.verdict.as_str().to_owned(),
                url: link.uri(url),
                lot_code: batch.lot.to_string(),
                gtin: batch.gtin.to_string(),
            });
        }
    }
    let invented = DigitalLink::lot(super::registers::lit(CARTON_SPECIAL), super::registers::lit("SF26P99NOSUCH"));
    labels.push(Label {
        state: "unknown".into(),
        url: invented.uri(url),
        lot_code: "SF26P99NOSUCH".into(),
        gtin: CARTON_SPECIAL.into(),
    });
    Ok(Summary {
        base_url: url.to_owned(),
        accounts,
        labels,
        batches,
        keys: Vec::new(),
        log: LogLine::default(),
        refused,
    })
}
