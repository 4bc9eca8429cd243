//! The drawing of where it grew: circles on a grid of hundredths of a degree, with a scale bar. It is a sketch, not a
//! map: no roads, no borders, no tiles from elsewhere. Origins come rounded to 0.01°, and a circle covers the whole
//! rounded cell, so that no point is told more exactly than that.

use crate::domain::view::OriginView;

/// Width and height of the drawing in its own units.
pub const WIDTH: f64 = 360.0;
pub const HEIGHT: f64 = 176.0;

/// Metres in a hundredth of a degree of latitude.
const CELL_M: f64 = 1_112.0;
/// Radius that covers a cell of 0.01° × 0.01°.
const RADIUS_M: f64 = 800.0;

pub struct Sketch {
    /// Positions of meridians and parallels, with their labels.
    pub meridians: Vec<(String, String)>,
    pub parallels: Vec<(String, String)>,
    /// Centre, radius and the sites inside.
    pub circles: Vec<Circle>,
    pub scale_width: String,
    pub scale_label: String,
}

pub struct Circle {
    pub x: String,
    pub y: String,
    pub r: String,
    pub sites: String,
}

/// A sketch of all origins that have a position; none if none has.
pub fn draw(origins: &[OriginView]) -> Option<Sketch> {
    let mut places: Vec<(i32, i32, String)> = Vec::new();
    for origin in origins {
        let (Some(lat), Some(lon)) = (origin.lat_centidegrees, origin.lon_centidegrees) else { continue };
        match places.iter_mut().find(|(a, o, _)| (*a, *o) == (lat, lon)) {
            Some((_, _, sites)) => *sites = format!("{sites} · {}", origin.site_code),
            None => places.push((lat, lon, origin.site_code.clone())),
        }
    }
    let frame = Frame::around(&places)?;
    let circles = places
        .iter()
        .map(|(lat, lon, sites)| Circle {
            x: number(frame.x(f64::from(*lon))),
            y: number(frame.y(f64::from(*lat))),
            r: number((RADIUS_M * frame.per_metre).max(5.0)),
            sites: sites.clone(),
        })
        .collect();
    let scale_m = frame.scale_bar();
    Some(Sketch {
        // The rightmost label would leave the drawing.
        meridians: frame
            .lines(frame.lon, WIDTH / frame.per_lon, |at| number(frame.x(at)))
            .into_iter()
            .map(
                |(x, label)| {
                    if x.parse().is_ok_and(|x: f64| x > WIDTH - 62.0) { (x, String::new()) } else { (x, label) }
                },
            )
            .collect(),
        parallels: frame.lines(frame.lat, HEIGHT / frame.per_lat, |at| number(frame.y(at))),
        circles,
        scale_width: number(scale_m * frame.per_metre),
        scale_label: format!("{} km", scale_m / 1000.0),
    })
}

/// Centre and scale; coordinates in hundredths of a degree.
struct Frame {
    lat: f64,
    lon: f64,
    per_lat: f64,
    per_lon: f64,
    per_metre: f64,
}

impl Frame {
    fn around(places: &[(i32, i32, String)]) -> Option<Self> {
        let (south, north) = (places.iter().map(|p| p.0).min()?, places.iter().map(|p| p.0).max()?);
        let (west, east) = (places.iter().map(|p| p.1).min()?, places.iter().map(|p| p.1).max()?);
        let lat = f64::from(south + north) / 2.0;
        let lon = f64::from(west + east) / 2.0;
        let shrink = (lat / 100.0).to_radians().cos().max(0.05);
        // A quarter of the height stays free around the outermost circles.
        let tall = f64::from(north - south) * CELL_M + 2.6 * RADIUS_M;
        let wide = f64::from(east - west) * CELL_M * shrink + 2.6 * RADIUS_M;
        let per_metre = (HEIGHT / tall).min(WIDTH / wide);
        Some(Self { lat, lon, per_lat: CELL_M * per_metre, per_lon: CELL_M * shrink * per_metre, per_metre })
    }

    fn x(&self, lon: f64) -> f64 {
        WIDTH / 2.0 + (lon - self.lon) * self.per_lon
    }

    fn y(&self, lat: f64) -> f64 {
        HEIGHT / 2.0 - (lat - self.lat) * self.per_lat
    }

    /// Grid lines inside the frame: at most about six, on round hundredths.
    fn lines(&self, centre: f64, span: f64, place: impl Fn(f64) -> String) -> Vec<(String, String)> {
        let step = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0]
            .into_iter()
            .find(|step| span / step <= 5.0)
            .unwrap_or(2000.0);
        let first = ((centre - span / 2.0) / step).ceil() as i64;
        let last = ((centre + span / 2.0) / step).floor() as i64;
        (first..=last).map(|i| (place(i as f64 * step), degrees((i as f64 * step) as i32))).collect()
    }

    /// The longest round distance that takes at most a third of the width.
    fn scale_bar(&self) -> f64 {
        let room = WIDTH / 3.0 / self.per_metre;
        [500_000.0, 200_000.0, 100_000.0, 50_000.0, 20_000.0, 10_000.0, 5_000.0, 2_000.0, 1_000.0]
            .into_iter()
            .find(|m| *m <= room)
            .unwrap_or(500.0)
    }
}

/// Hundredths of a degree as degrees: `3102` → `31.02`.
pub fn degrees(centidegrees: i32) -> String {
    let sign = if centidegrees < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", centidegrees.abs() / 100, centidegrees.abs() % 100)
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::view::Bilingual;

    fn origin(lat: Option<i32>, lon: Option<i32>, site: &str) -> OriginView {
        OriginView {
            place: Bilingual::same("示范县"),
            variety: None,
            altitude_m: None,
            area_m2: None,
            lat_centidegrees: lat,
            lon_centidegrees: lon,
            site_code: site.into(),
            plot: String::new(),
            grower: None,
            share_permille: None,
        }
    }

    #[test]
    fn one_origin_stands_in_the_middle_with_a_scale_of_one_kilometre() {
        let sketch = draw(&[origin(Some(3102), Some(10946), "SF-P01")]).unwrap();
        assert_eq!((sketch.circles[0].x.as_str(), sketch.circles[0].y.as_str()), ("180.0", "88.0"));
        assert_eq!(sketch.scale_label, "1 km");
        assert!(sketch.parallels.iter().any(|(_, label)| label == "31.02"));
    }

    #[test]
    fn far_and_shared_places_stay_inside_the_frame() {
        let far = [origin(Some(3102), Some(10946), "A"), origin(Some(2388), Some(11353), "B"), origin(None, None, "C")];
        let sketch = draw(&far).unwrap();
        assert_eq!(sketch.circles.len(), 2);
        for circle in &sketch.circles {
            let (x, y): (f64, f64) = (circle.x.parse().unwrap(), circle.y.parse().unwrap());
            assert!((0.0..=WIDTH).contains(&x) && (0.0..=HEIGHT).contains(&y));
        }
        assert!(sketch.meridians.len() <= 8 && sketch.parallels.len() <= 8);
        let shared = draw(&[origin(Some(1), Some(1), "A"), origin(Some(1), Some(1), "B")]).unwrap();
        assert_eq!(shared.circles[0].sites, "A · B");
        assert!(draw(&[origin(None, None, "C")]).is_none());
    }
}
