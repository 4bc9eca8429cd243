//! The good batch of the season: lot SF26P011116 from the orchard to the cartons on the way to the buyer.

use serde_json::{Value, json};

use super::{BUYER_CODE, CARTON_FIRST, CARTON_SPECIAL, County, LOOSE};
use crate::domain::record::Handle;

/// Batches of the good lot, from the orchard to the cartons.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GoodBatch {
    pub harvest: Handle,
    pub special: Handle,
    pub cartons_special: Handle,
    pub cartons_first: Handle,
}

impl County {
    pub fn good_batch(&mut self) -> GoodBatch {
        let plot = self.plots[0];
        self.spray_all(plot);
        let harvest = self.pick_and_cool(plot);
        self.test_and_grade(harvest);
        let (special, first) = (self.lot(LOOSE, "SF26P011116-T"), self.lot(LOOSE, "SF26P011116-Y"));
        self.it.at("2026-11-19 14:00");
        self.pack_cartons(special, CARTON_SPECIAL, "SF26P011116T", 537).unwrap();
        self.pack_cartons(first, CARTON_FIRST, "SF26P011116Y", 883).unwrap();
        let cartons_special = self.lot(CARTON_SPECIAL, "SF26P011116T");
        let cartons_first = self.lot(CARTON_FIRST, "SF26P011116Y");
        self.certify_and_ship(cartons_special);
        GoodBatch { harvest, special, cartons_special, cartons_first }
    }

    fn pick_and_cool(&mut self, plot: Handle) -> Handle {
        let by = self.hongqi.clone();
        self.it.at("2026-11-17 17:30");
        let picked = json!({"basis": "harvested", "gtin": LOOSE, "lot": "SF26P011116", "quantity": 9_600_000,
            "plots": [{"plot": plot}], "picked": {"from": "2026-11-16", "to": "2026-11-17"}});
        let harvest = self.open(&by, picked).unwrap();
        self.it.at("2026-11-17 18:00");
        let agent = json!({"product": "咪鲜胺 45% EW", "active": "咪鲜胺", "dose": "1000×"});
        let dipped =
            json!({"process": "dipped", "input": 9_600_000, "output": 9_600_000, "minutes": 1, "agent": agent});
        self.process(&by, harvest, dipped).unwrap();
        let cooled =
            json!({"process": "pre_cooled", "celsius": "8", "minutes": 360, "input": 9_600_000, "output": 9_600_000});
        self.process(&by, harvest, cooled).unwrap();
        harvest
    }

    fn test_and_grade(&mut self, harvest: Handle) {
        let (by, laboratory) = (self.hongqi.clone(), self.laboratory.clone());
        self.it.at("2026-11-18 07:40");
        let form =
            json!({"laboratory": laboratory.org, "code": "SF-S-0217", "quantity": 7_200, "sampler": "示范·赵某"});
        let sample = self.draw(&by, harvest, form).unwrap();
        self.it.at("2026-11-18 09:19");
        self.receive_sample(&laboratory, sample, json!({"condition": "完好"})).unwrap();
        self.it.at("2026-11-18 10:05");
        self.screen(sample, "SF-S-0217-K", "12.6").unwrap();
        self.it.at("2026-11-18 14:00");
        self.grade(&by, harvest, grading()).unwrap();
        self.it.at("2026-11-19 08:39");
        self.test(sample, "SFJC-2026-0217", PANEL).unwrap();
    }

    fn certify_and_ship(&mut self, cartons: Handle) {
        let by = self.hongqi.clone();
        let basis = json!({"basis": "commissioned_test", "reports": ["SFJC-2026-0217"]});
        self.certify(&by, cartons, basis).unwrap();
        self.it.at("2026-11-20 09:00");
        let temperature = json!({"min_celsius": "5.0", "max_celsius": "11.8", "every_minutes": 10,
            "excursions": [{"peak_celsius": "11.8", "minutes": 40}]});
        let form = json!({"to_uscc": BUYER_CODE, "quantity": 300, "order": "PO-2026-118", "temperature": temperature});
        self.ship(&by, cartons, form).unwrap();
    }

    fn spray_all(&mut self, plot: Handle) {
        let by = self.hongqi.clone();
        let sprays = [
            ("2026-04-06", "代森锰锌 80% WP", "代森锰锌", "500×", 21, 3),
            ("2026-05-18", "噻嗪酮 25% WP", "噻嗪酮", "1200×", 35, 2),
            ("2026-06-20", "啶虫脒 20%", "啶虫脒", "5000×", 14, 1),
            ("2026-08-09", "乙螨唑 11% SC", "乙螨唑", "6000×", 30, 2),
            ("2026-09-30", "阿维菌素 1.8% EC", "阿维菌素", "3000×", 14, 2),
        ];
        for (on, product, active, dose, interval_days, most) in sprays {
            self.it.at(&format!("{on} 10:00"));
            self.treat(
                &by,
                plot,
                json!({"product": product, "active": active, "dose": dose, "on": on,
                "interval_days": interval_days, "most_per_season": most, "worker": "示范·孙某"}),
            )
            .unwrap();
        }
    }
}

/// Report SFJC-2026-0217.
const PANEL: &[(&str, &str, &str)] = &[
    ("代森锰锌", "<0.05", "3"),
    ("噻嗪酮", "0.041", "0.5"),
    ("啶虫脒", "0.058", "0.5"),
    ("乙螨唑", "0.018", "0.5"),
    ("阿维菌素", "<0.005", "0.02"),
    ("咪鲜胺", "0.31", "5"),
    ("联苯菊酯", "<0.01", "0.05"),
    ("苯醚甲环唑", "<0.01", "0.2"),
    ("毒死蜱", "<0.01", "2"),
    ("丙溴磷", "<0.01", "0.2"),
    ("三唑磷", "<0.01", "0.2"),
    ("克百威", "<0.005", "0.02"),
];

fn grading() -> Value {
    json!({"standard": {"name": "示范县脐橙分级", "edition": "SF-2026"}, "input": 9_592_800, "cull": 672_000,
        "loss": 88_800, "outputs": [
            {"lot": "SF26P011116-T", "grade": "特级", "quantity": 2_688_000},
            {"lot": "SF26P011116-Y", "grade": "一级", "quantity": 4_416_000},
            {"lot": "SF26P011116-E", "grade": "二级", "quantity": 1_728_000}],
        "measures": [{"name": "brix", "unit": "°Brix", "mean": "12.4", "min": "11.2", "max": "13.6", "n": 20},
            {"name": "acid", "unit": "g/100 mL", "mean": "0.72"}, {"name": "ratio", "unit": "1", "mean": "17.2"},
            {"name": "mass", "unit": "g", "mean": "225", "min": "210", "max": "240"}]})
}
