//! What most tests need first: products, a plot, a licence, a harvest. Told over REST, like everything else.

use serde_json::{Value, json};

use super::TestApp;

/// Loose navel oranges.
pub const LOOSE: &str = "09520000100049";
/// Cartons of 5 kg, special grade.
pub const CARTON: &str = "09520000100018";

/// A season's beginning: what a harvest needs.
pub struct Season {
    pub plot: String,
}

pub fn batch_path(id: &str, what: &str) -> String {
    format!("/api/v1/batches/{id}/{what}")
}

impl TestApp {
    /// Products and one plot of the cooperative.
    pub async fn season(&self) -> Season {
        let coop = &self.cooperative;
        let loose = json!({"gtin": LOOSE, "name": {"zh": "脐橙（散装）", "en": "Navel oranges, loose"},
            "commodity": "navel_orange", "form": "loose", "unit": "grams"});
        let carton = json!({"gtin": CARTON, "name": {"zh": "脐橙 5 kg 箱装", "en": "Navel oranges, 5 kg carton"},
            "commodity": "navel_orange", "grade": "特级", "form": "pack", "unit": "pieces", "net_g": 5000,
            "requires_cert": true});
        coop.made("/api/v1/products", loose).await;
        coop.made("/api/v1/products", carton).await;
        Season { plot: coop.made("/api/v1/plots", plot("SF-P01")).await }
    }

    /// Opens a harvest of `quantity` grams on 16 November 2026.
    pub async fn harvest(&self, season: &Season, lot: &str, quantity: u64) -> String {
        self.on("2026-11-16");
        self.cooperative.made("/api/v1/batches", harvest(&season.plot, lot, quantity)).await
    }

    /// A licence of the association's mark for the cooperative's cartons.
    pub async fn licence(&self, packs: u64) -> String {
        let name = json!({"name": {"zh": "示范之巅", "en": "Shifan Peak"}});
        let mark = self.association.made("/api/v1/marks", name).await;
        let licence = json!({"number": "LIC-SF-2026-001", "mark": mark, "licensee": self.cooperative.id,
            "gtins": [CARTON], "from": "2026-01-01", "until": "2027-06-01", "packs": packs});
        self.association.made("/api/v1/licences", licence).await
    }
}

pub fn plot(code: &str) -> Value {
    json!({"code": code, "place": {"zh": "示范县", "en": "Demo County"}, "area_m2": 12000,
        "crop": {"zh": "脐橙", "en": "navel orange"}, "variety": {"zh": "凤早型", "en": "Fengzao"}, "altitude_m": 260,
        "point": {"lat": "31.018320", "lon": "109.464210"}})
}

pub fn harvest(plot: &str, lot: &str, quantity: u64) -> Value {
    json!({"basis": "harvested", "gtin": LOOSE, "lot": lot, "quantity": quantity, "plots": [{"plot": plot}],
        "picked": {"from": "2026-11-16", "to": "2026-11-16"}})
}
