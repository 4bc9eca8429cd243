//! Plots and other places; sprays and inputs.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Act, Needs, Note, Refusal, Step, Told, UniqueName};
use crate::domain::decimal::Decimal;
use crate::domain::invalid::Invalid;
use crate::domain::kinds::Name;
use crate::domain::kinds::sites::{
    CoarsePoint, ConsentForm, PlotConsentWithdrawn, PlotConsented, PlotInputUsed, PlotRegistered, PlotTreated, Shows,
    SiteKind, SiteRegistered,
};
use crate::domain::outline::Outline;
use crate::domain::record::{Actor, Handle, Subject, SubjectKind};
use crate::domain::text::{Code, Text};
use crate::domain::time::CivilDate;

/// WGS84, decimal degrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    #[schema(value_type = String, example = "31.018320")]
    pub lat: Decimal,
    #[schema(value_type = String, example = "109.464210")]
    pub lon: Decimal,
}

impl Point {
    fn check(&self, field: &str) -> Result<(), Refusal> {
        for (name, value, bound) in [("lat", self.lat, 90), ("lon", self.lon, 180)] {
            if value.scaled(0).abs() > bound {
                let invalid = Invalid::new("coordinate-range", value, format!("-{bound}…{bound}"));
                return Err(Refusal::new("coordinate-range")
                    .at(format!("{field}.{name}"), value)
                    .expected(invalid.expected));
            }
        }
        Ok(())
    }

    fn coarse(&self) -> CoarsePoint {
        CoarsePoint { lat: self.lat.rounded(2), lon: self.lon.rounded(2) }
    }
}

/// Registers a plot.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "SF-P01", "place": {"zh": "示范县", "en": "Demo County"}, "area_m2": 12000,
    "crop": {"zh": "脐橙", "en": "navel orange"}, "variety": {"zh": "凤早型", "en": "Fengzao"}, "altitude_m": 260,
    "point": {"lat": "31.018320", "lon": "109.464210"}}))]
pub struct RegisterPlot {
    /// Unique within the organisation.
    #[schema(value_type = String)]
    pub code: Code<20>,
    /// Village or county, as the public may read it.
    pub place: Name,
    pub area_m2: u64,
    pub crop: Name,
    #[serde(default)]
    pub variety: Option<Name>,
    #[serde(default)]
    pub altitude_m: Option<i64>,
    /// Where it lies; the exact point is sealed, the public sees 0.01°.
    pub point: Point,
    /// Its outline, at least three corners; sealed.
    #[serde(default)]
    pub polygon: Vec<Point>,
    /// The household that works it; sealed.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub grower: Option<Text<120>>,
    /// How the grower agreed that the public is told this name, if so: a record of its own, which can be withdrawn.
    #[serde(default)]
    pub consent: Option<ConsentForm>,
    #[serde(flatten)]
    pub told: Told,
}

/// The largest plot that is believed (100 km²), in square metres.
const MAX_AREA_M2: u64 = 100_000_000;
const MAX_CORNERS: usize = 100;

impl Act for RegisterPlot {
    fn operation(&self) -> &'static str {
        "plot.register"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.name(UniqueName::own("plot", actor.org, self.code.as_str()));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        if self.area_m2 == 0 || self.area_m2 > MAX_AREA_M2 {
            return Err(Refusal::new("area-range").at("area_m2", self.area_m2).expected(format!("1–{MAX_AREA_M2}")));
        }
        self.point.check("point")?;
        if !self.polygon.is_empty() && !(3..=MAX_CORNERS).contains(&self.polygon.len()) {
            return Err(Refusal::new("polygon-corners")
                .at("polygon", self.polygon.len())
                .expected(format!("3–{MAX_CORNERS}")));
        }
        for (index, corner) in self.polygon.iter().enumerate() {
            corner.check(&format!("polygon[{index}]"))?;
        }
        if let Some((first, second)) = Outline::of(&self.polygon).and_then(|outline| outline.crossing()) {
            return Err(Refusal::new("polygon-crosses").at("polygon", format!("{first}, {second}")));
        }
        let subject = step.new_subject(SubjectKind::Plot);
        let name = UniqueName::own("plot", step.actor().org, self.code.as_str());
        step.claim(name, subject.handle, || Refusal::new("code-taken").at("code", &self.code))?;
        let body = PlotRegistered {
            code: self.code.clone(),
            place: self.place.clone(),
            area_m2: self.area_m2,
            crop: self.crop.clone(),
            variety: self.variety.clone(),
            altitude_m: self.altitude_m,
            near: self.point.coarse(),
            media: self.told.media(),
        };
        let outline = json!({"point": self.point, "polygon": self.polygon});
        let mut note = Note::told(&self.told).seal("outline", outline);
        if let Some(grower) = &self.grower {
            note = note.seal("grower", grower.as_str());
        }
        step.write(subject, &body, note)?;
        match (self.consent, &self.grower) {
            (Some(how), Some(grower)) => write_consent(step, subject, how, grower)?,
            (Some(_), None) => return Err(Refusal::new("no-grower").at("grower", "")),
            (None, _) => {}
        }
        Ok(subject)
    }
}

fn write_consent(step: &mut Step<'_>, plot: Subject, how: ConsentForm, shown_as: &Text<120>) -> Result<(), Refusal> {
    let note = Note::default().seal(PlotConsented::SHOWN_AS, shown_as.as_str());
    step.write(plot, &PlotConsented { shows: Shows::Grower, how }, note)?;
    Ok(())
}

/// Records that the grower of a plot agreed to be named in public.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"shown_as": "示范·王某", "how": "paper"}))]
pub struct ConsentPlot {
    #[serde(skip)]
    pub plot: Handle,
    /// The name as the public shall read it; sealed, and shown while the consent is in force.
    #[schema(value_type = String)]
    pub shown_as: Text<120>,
    pub how: ConsentForm,
}

impl Act for ConsentPlot {
    fn operation(&self) -> &'static str {
        "plot.consent"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.plot);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.own_plot(self.plot, "plot")?;
        let subject = Subject::new(SubjectKind::Plot, self.plot);
        write_consent(step, subject, self.how, &self.shown_as)?;
        Ok(subject)
    }
}

/// Records that the grower of a plot does not want to be named in public any more.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct WithdrawConsent {
    #[serde(skip)]
    pub plot: Handle,
}

impl Act for WithdrawConsent {
    fn operation(&self) -> &'static str {
        "plot.withdraw_consent"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.plot);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        if step.own_plot(self.plot, "plot")?.consented.is_none() {
            return Err(Refusal::new("no-consent").at("plot", self.plot));
        }
        let subject = Subject::new(SubjectKind::Plot, self.plot);
        step.write(subject, &PlotConsentWithdrawn { shows: Shows::Grower }, Note::default())?;
        Ok(subject)
    }
}

/// Registers a packhouse, store or other place.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "PH-1", "kind": "packhouse", "name": {"zh": "一号包装厂", "en": "Packhouse 1"},
    "place": {"zh": "示范县", "en": "Demo County"}}))]
pub struct RegisterSite {
    #[schema(value_type = String)]
    pub code: Code<20>,
    pub kind: SiteKind,
    pub name: Name,
    pub place: Name,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for RegisterSite {
    fn operation(&self) -> &'static str {
        "site.register"
    }

    fn needs(&self, actor: &Actor, needs: &mut Needs) {
        needs.name(UniqueName::own("site", actor.org, self.code.as_str()));
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let subject = step.new_subject(SubjectKind::Site);
        let name = UniqueName::own("site", step.actor().org, self.code.as_str());
        step.claim(name, subject.handle, || Refusal::new("code-taken").at("code", &self.code))?;
        let body = SiteRegistered {
            code: self.code.clone(),
            kind: self.kind,
            name: self.name.clone(),
            place: self.place.clone(),
            media: self.told.media(),
        };
        step.write(subject, &body, Note::told(&self.told))?;
        Ok(subject)
    }
}

/// Records the application of a plant protection product.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"product": "阿维菌素 1.8% EC", "active": "阿维菌素", "dose": "3000×", "on": "2026-09-30",
    "interval_days": 14, "most_per_season": 2}))]
pub struct TreatPlot {
    #[serde(skip)]
    pub plot: Handle,
    #[schema(value_type = String)]
    pub product: Text<120>,
    /// Active ingredient, as laboratories name it.
    #[schema(value_type = String)]
    pub active: Text<60>,
    #[schema(value_type = String)]
    pub dose: Text<60>,
    #[schema(value_type = String)]
    pub on: CivilDate,
    /// 安全间隔期 in whole civil days.
    pub interval_days: u32,
    /// 每季最多使用次数
    #[serde(default)]
    pub most_per_season: Option<u32>,
    /// Who sprayed; sealed.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub worker: Option<Text<120>>,
    #[serde(flatten)]
    pub told: Told,
}

const MAX_INTERVAL_DAYS: u32 = 365;

impl Act for TreatPlot {
    fn operation(&self) -> &'static str {
        "plot.treat"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.plot);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        let plot = step.own_plot(self.plot, "plot")?;
        step.check_day("on", self.on)?;
        if self.interval_days > MAX_INTERVAL_DAYS {
            return Err(Refusal::new("interval-range")
                .at("interval_days", self.interval_days)
                .expected(MAX_INTERVAL_DAYS));
        }
        if let Some(most) = self.most_per_season {
            let year = self.on.year();
            let same = |known: &&crate::domain::entities::Treatment| {
                known.active == self.active.as_str() && known.on.year() == year
            };
            let applied = plot.treatments.iter().filter(same).count() as u32;
            if applied >= most {
                return Err(Refusal::new("too-many-treatments").at("active", &self.active).expected(most));
            }
        }
        let subject = Subject::new(SubjectKind::Plot, self.plot);
        let body = PlotTreated {
            product: self.product.clone(),
            active: self.active.clone(),
            dose: self.dose.clone(),
            on: self.on,
            interval_days: self.interval_days,
            most_per_season: self.most_per_season,
            media: self.told.media(),
        };
        let mut note = Note::told(&self.told);
        if let Some(worker) = &self.worker {
            note = note.seal("worker", worker.as_str());
        }
        step.write(subject, &body, note)?;
        Ok(subject)
    }
}

/// Records fertiliser, film, seedlings and the like.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "有机肥", "purpose": "基肥", "dose": "7500 kg/ha", "on": "2026-02-20"}))]
pub struct UseInput {
    #[serde(skip)]
    pub plot: Handle,
    #[schema(value_type = String)]
    pub name: Text<120>,
    #[schema(value_type = String)]
    pub purpose: Text<60>,
    #[schema(value_type = String)]
    pub dose: Text<60>,
    #[schema(value_type = String)]
    pub on: CivilDate,
    #[serde(flatten)]
    pub told: Told,
}

impl Act for UseInput {
    fn operation(&self) -> &'static str {
        "plot.use_input"
    }

    fn needs(&self, _actor: &Actor, needs: &mut Needs) {
        needs.subject(self.plot);
    }

    fn decide(&self, step: &mut Step<'_>) -> Result<Subject, Refusal> {
        step.check_told(&self.told)?;
        step.own_plot(self.plot, "plot")?;
        step.check_day("on", self.on)?;
        let body = PlotInputUsed {
            name: self.name.clone(),
            purpose: self.purpose.clone(),
            dose: self.dose.clone(),
            on: self.on,
            media: self.told.media(),
        };
        let subject = Subject::new(SubjectKind::Plot, self.plot);
        step.write(subject, &body, Note::told(&self.told))?;
        Ok(subject)
    }
}
