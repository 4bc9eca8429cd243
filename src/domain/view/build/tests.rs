//! Pages of the demo county's batches, built from the records that real acts wrote.

use crate::domain::testing::County;
use crate::domain::view::*;

#[test]
fn the_good_batch_tells_its_whole_way_from_the_orchard_to_the_carton() {
    let mut county = County::new();
    let good = county.good_batch();
    let view = county.it.page(good.cartons_special);
    eprintln!("{}", serde_json::to_string_pretty(&view).unwrap());
    assert_eq!(view.verdict, Verdict::Issued);
}
