//! Importing organisations, plots, treatments and batches from a table: read whole, judged whole, written whole or not at
//! all. A row becomes the JSON of its act, so that a cell is judged by the same rules as a field of the REST API.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{App, AppError, Caller};
use crate::domain::acts::batches::OpenBatch;
use crate::domain::acts::import::{ImportRows, MAX_REFUSED};
use crate::domain::acts::organisations::RegisterOrganisation;
use crate::domain::acts::plots::{RegisterPlot, TreatPlot};
use crate::domain::acts::{Act, Refusal, RefusedRow, UniqueName};
use crate::domain::json;
use crate::domain::record::Handle;
pub use crate::exchange::table::{MAX_ROWS, Table};

use crate::exchange::table::Row;

/// What may be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Organisations,
    Plots,
    Treatments,
    Batches,
}

impl Kind {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "organisations" => Some(Self::Organisations),
            "plots" => Some(Self::Plots),
            "treatments" => Some(Self::Treatments),
            "batches" => Some(Self::Batches),
            _ => None,
        }
    }

    /// What each row does.
    pub fn operation(self) -> &'static str {
        match self {
            Self::Organisations => "organisation.register",
            Self::Plots => "plot.register",
            Self::Treatments => "plot.treat",
            Self::Batches => "batch.open",
        }
    }

    /// Columns that a file of this kind may have.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Organisations => {
                &["kind", "name_zh", "name_en", "uscc", "gln", "place_zh", "place_en", "region", "phone", "contact"]
            }
            Self::Plots => &[
                "code",
                "place_zh",
                "place_en",
                "area_m2",
                "crop_zh",
                "crop_en",
                "variety_zh",
                "variety_en",
                "altitude_m",
                "lat",
                "lon",
                "grower",
                "note",
            ],
            Self::Treatments => {
                &["plot", "product", "active", "dose", "on", "interval_days", "most_per_season", "worker", "note"]
            }
            Self::Batches => &["gtin", "lot", "quantity", "plots", "picked_from", "picked_to", "confirm_yield", "note"],
        }
    }
}

/// Reads a table into one act; every row that cannot be read is told.
pub fn read(app: &App, caller: Caller, kind: Kind, bytes: &[u8]) -> Result<ImportRows, AppError> {
    of_table(app, caller, kind, &Table::read(bytes, kind.columns())?)
}

/// The same of a table whose columns are those of its kind.
pub fn of_table(app: &App, caller: Caller, kind: Kind, table: &Table) -> Result<ImportRows, AppError> {
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    for row in &table.rows {
        let cells = Cells { app, caller, table, row };
        match cells.act(kind) {
            Ok(act) => rows.push((row.line, act)),
            Err(AppError::Refused(refusal)) => refused.push(RefusedRow { line: row.line, refusal }),
            Err(other) => return Err(other),
        }
        if refused.len() == MAX_REFUSED {
            break;
        }
    }
    if refused.is_empty() {
        return Ok(ImportRows { rows });
    }
    Err(Refusal::of_rows(refused).into())
}

/// The cells of one row.
struct Cells<'a> {
    app: &'a App,
    caller: Caller,
    table: &'a Table,
    row: &'a Row,
}

impl Cells<'_> {
    fn act(&self, kind: Kind) -> Result<Arc<dyn Act>, AppError> {
        Ok(match kind {
            Kind::Organisations => Arc::new(self.parse::<RegisterOrganisation>(self.organisation())?),
            Kind::Plots => Arc::new(self.parse::<RegisterPlot>(self.plot())?),
            Kind::Treatments => {
                let mut act: TreatPlot = self.parse(self.treatment())?;
                act.plot = self.plot_of_code("plot", self.cell("plot").unwrap_or_default())?;
                Arc::new(act)
            }
            Kind::Batches => Arc::new(self.parse::<OpenBatch>(self.batch()?)?),
        })
    }

    fn cell(&self, column: &str) -> Option<&str> {
        self.table.cell(self.row, column)
    }

    fn parse<T: serde::de::DeserializeOwned>(&self, fields: Map<String, Value>) -> Result<T, AppError> {
        Ok(json::parse(Value::Object(fields).to_string().as_bytes())?)
    }

    fn organisation(&self) -> Map<String, Value> {
        let mut fields = self.texts(&["kind", "uscc", "gln", "region", "phone", "contact"]);
        self.name(&mut fields, "name");
        self.name(&mut fields, "place");
        fields
    }

    fn plot(&self) -> Map<String, Value> {
        let mut fields = self.texts(&["code", "grower", "note"]);
        self.numbers(&mut fields, &["area_m2", "altitude_m"]);
        for name in ["place", "crop", "variety"] {
            self.name(&mut fields, name);
        }
        fields.insert("point".into(), Value::Object(self.texts(&["lat", "lon"])));
        fields
    }

    fn treatment(&self) -> Map<String, Value> {
        let mut fields = self.texts(&["product", "active", "dose", "on", "worker", "note"]);
        self.numbers(&mut fields, &["interval_days", "most_per_season"]);
        fields
    }

    fn batch(&self) -> Result<Map<String, Value>, AppError> {
        let mut fields = self.texts(&["gtin", "lot", "note"]);
        self.numbers(&mut fields, &["quantity"]);
        fields.insert("basis".into(), "harvested".into());
        let mut plots = Vec::new();
        for code in self.cell("plots").unwrap_or_default().split([';', '；']).filter(|code| !code.is_empty()) {
            plots.push(json!({"plot": self.plot_of_code("plots", code.trim())?}));
        }
        fields.insert("plots".into(), plots.into());
        if let (Some(from), Some(to)) = (self.cell("picked_from"), self.cell("picked_to")) {
            fields.insert("picked".into(), json!({"from": from, "to": to}));
        }
        if let Some(answer) = self.cell("confirm_yield") {
            let yes = matches!(answer, "1" | "true" | "yes" | "是");
            fields.insert("confirm_yield".into(), yes.into());
        }
        Ok(fields)
    }

    /// Columns that are texts in the act's JSON too.
    fn texts(&self, columns: &[&str]) -> Map<String, Value> {
        columns.iter().filter_map(|column| Some(((*column).to_owned(), self.cell(column)?.into()))).collect()
    }

    /// Whole numbers; what is none stays text, and the type of the field refuses it by name.
    fn numbers(&self, fields: &mut Map<String, Value>, columns: &[&str]) {
        for column in columns {
            if let Some(text) = self.cell(column) {
                let value = text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from);
                fields.insert((*column).to_owned(), value);
            }
        }
    }

    fn name(&self, fields: &mut Map<String, Value>, column: &str) {
        let mut name = Map::new();
        for language in ["zh", "en"] {
            if let Some(text) = self.cell(&format!("{column}_{language}")) {
                name.insert(language.to_owned(), text.into());
            }
        }
        if !name.is_empty() {
            fields.insert(column.to_owned(), Value::Object(name));
        }
    }

    /// A plot by the code that its organisation gave it.
    fn plot_of_code(&self, column: &str, code: &str) -> Result<Handle, AppError> {
        let name = UniqueName::own("plot", self.caller.organisation, code);
        let found = self.app.store.named(&name)?;
        found.ok_or_else(|| Refusal::not_found(column, code).into())
    }
}
