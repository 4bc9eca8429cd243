//! The outlines of the house's own plots, for the form of a new one: a phone takes them along, and tells without a network which of
//! them the new plot lies over. They are sealed, and stand in no page of anybody else.

use crate::app::{AppError, plots};
use crate::domain::outline::Outline;
use crate::web::console::kit::Neighbours;
use crate::web::console::sheet::Desk;

/// The newest plots, as many as a page can carry.
const PLOTS: usize = 300;
const MOST_BYTES: usize = 40_000;

pub fn of(desk: &Desk<'_>) -> Result<Neighbours, AppError> {
    let outlines = plots::outlines(desk.app, desk.shell.caller, PLOTS)?;
    Ok(Neighbours { outlines: text(&outlines), tolerated_percent: plots::TOLERATED_PERCENT })
}

/// A line a plot: its code, its first corner, and how far the others are from that, in ten-millionths of a degree. What has no more
/// room is left out: the server compares with it when the plot is sent.
fn text(outlines: &[(String, Outline)]) -> String {
    let mut all = String::new();
    for (code, outline) in outlines.iter().take(PLOTS) {
        let Some((first, others)) = outline.corners().split_first() else { continue };
        let (lat, lon) = first.lat_lon();
        let mut line = format!("{code} {lat} {lon}");
        for (north, east) in others.iter().map(|corner| corner.from_corner(*first)) {
            line.push_str(&format!(" {north} {east}"));
        }
        line.push('\n');
        if all.len() + line.len() > MOST_BYTES {
            break;
        }
        all.push_str(&line);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::acts::plots::Point;

    fn outline(corners: usize) -> Outline {
        let corner = |index: usize| {
            let around = index as f64 / corners as f64 * std::f64::consts::TAU;
            let (lat, lon) = (31.018_320_1 + around.sin() / 1000.0, 109.464_210_2 + around.cos() / 1000.0);
            Point { lat: format!("{lat:.9}").parse().unwrap(), lon: format!("{lon:.9}").parse().unwrap() }
        };
        Outline::of(&(0..corners).map(corner).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_plot_is_a_line_of_whole_figures() {
        let lines = text(&[("SF-P01".to_owned(), outline(4)), ("SF-P02".to_owned(), outline(3))]);
        assert_eq!(lines.lines().next(), Some("SF-P01 310183201 1094652102 10000 -10000 0 -20000 -10000 -10000"));
        assert_eq!(lines.lines().count(), 2);
    }

    #[test]
    fn a_page_carries_no_more_than_it_can() {
        let many = |plots: usize, corners| {
            let plot = |index| (format!("SF-{index}"), outline(corners));
            text(&(0..plots).map(plot).collect::<Vec<_>>())
        };
        assert_eq!(many(400, 5).lines().count(), 300, "as many as 300");
        let round = many(300, 100);
        assert!(round.len() <= 40_000 && round.len() > 38_000, "{}", round.len());
        // The newest, each of them whole.
        assert!(round.starts_with("SF-0 ") && round.lines().all(|line| line.split(' ').count() == 201));
    }
}
