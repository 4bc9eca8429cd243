//! Outlines of plots: whether one crosses itself, what it encloses, how much of it lies in another. Corners are whole ten-millionths
//! of a degree (about a centimetre), so that what crosses what is decided exactly; a plot is small enough to be flat.

use super::acts::plots::Point;

/// A corner: east and north, in 10⁻⁷ degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corner {
    east: i64,
    north: i64,
}

impl From<&Point> for Corner {
    fn from(point: &Point) -> Self {
        // Degrees are checked to lie within ±180.
        let whole = |degrees: i128| i64::try_from(degrees).unwrap_or(i64::MAX);
        Self { east: whole(point.lon.scaled(7)), north: whole(point.lat.scaled(7)) }
    }
}

/// Metres in 10⁻⁷ degrees of latitude.
const METRES: f64 = 0.011_132;

impl Corner {
    /// North and east of this one, in 10⁻⁷ degrees.
    pub fn from_corner(self, first: Self) -> (i64, i64) {
        (self.north - first.north, self.east - first.east)
    }

    /// Latitude and longitude, in 10⁻⁷ degrees.
    pub fn lat_lon(self) -> (i64, i64) {
        (self.north, self.east)
    }
}

/// A closed line through at least three different corners; the last is joined to the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline(Vec<Corner>);

impl Outline {
    /// Leaves out a corner that was told twice in a row, and a last one that only closes the line; `None` where fewer than three
    /// are left.
    pub fn of(points: &[Point]) -> Option<Self> {
        let mut corners: Vec<Corner> = points.iter().map(Corner::from).collect();
        corners.dedup();
        if corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        (corners.len() >= 3).then_some(Self(corners))
    }

    pub fn corners(&self) -> &[Corner] {
        &self.0
    }

    fn sides(&self) -> impl Iterator<Item = (Corner, Corner)> {
        let next = self.0.iter().skip(1).chain(self.0.first());
        self.0.iter().copied().zip(next.copied())
    }

    /// Numbers (from 1) of the corners where the first two sides begin that touch each other elsewhere than in their common corner.
    pub fn crossing(&self) -> Option<(usize, usize)> {
        let sides: Vec<_> = self.sides().collect();
        for (first, a) in sides.iter().enumerate() {
            for (second, b) in sides.iter().enumerate().skip(first + 1) {
                let touches = if second == first + 1 {
                    folds_back(a.0, a.1, b.1)
                } else if first == 0 && second == sides.len() - 1 {
                    folds_back(b.0, b.1, a.1)
                } else {
                    touch(*a, *b)
                };
                if touches {
                    return Some((first + 1, second + 1));
                }
            }
        }
        None
    }

    pub fn area_m2(&self) -> u64 {
        let Some(first) = self.0.first() else { return 0 };
        let twice: i128 = self.sides().map(|(a, b)| turn(*first, a, b)).sum();
        let middle = self.0.iter().map(|corner| corner.north as f64).sum::<f64>() / self.0.len() as f64;
        let shrink = (middle / 1e7).to_radians().cos();
        (twice.unsigned_abs() as f64 / 2.0 * METRES * METRES * shrink).round() as u64
    }

    /// How much of the smaller of two outlines lies in the other, in hundredths; sampled on a grid, so exact to a few hundredths.
    pub fn overlap_percent(&self, other: &Self) -> u64 {
        let (a, b) = (self.bounds(), other.bounds());
        let (west, south) = (a.0.east.max(b.0.east), a.0.north.max(b.0.north));
        let (east, north) = (a.1.east.min(b.1.east), a.1.north.min(b.1.north));
        if west >= east || south >= north {
            return 0;
        }
        let at = |from: i64, to: i64, step: i64| from + (to - from) * (2 * step + 1) / (2 * GRID);
        let points = (0..GRID).flat_map(|row| (0..GRID).map(move |column| (row, column)));
        let both = points
            .map(|(row, column)| Corner { east: at(west, east, column), north: at(south, north, row) })
            .filter(|point| self.holds(*point) && other.holds(*point))
            .count();
        let box_m2 = (east - west) as f64 * (north - south) as f64 * METRES * METRES;
        let shrink = ((south + north) as f64 / 2e7).to_radians().cos();
        let smaller = self.area_m2().min(other.area_m2()).max(1) as f64;
        let share = box_m2 * shrink * both as f64 / (GRID * GRID) as f64 / smaller;
        (share * 100.0).round().clamp(0.0, 100.0) as u64
    }

    /// South-west and north-east corner of the box around it.
    fn bounds(&self) -> (Corner, Corner) {
        let mut corners = self.0.iter().copied();
        let first = corners.next().unwrap_or(Corner { east: 0, north: 0 });
        corners.fold((first, first), |(low, high), it| {
            let low = Corner { east: low.east.min(it.east), north: low.north.min(it.north) };
            (low, Corner { east: high.east.max(it.east), north: high.north.max(it.north) })
        })
    }

    /// Whether a point lies inside: a line from it to the east crosses an odd number of sides.
    fn holds(&self, point: Corner) -> bool {
        let crossed = self.sides().filter(|(a, b)| {
            (a.north > point.north) != (b.north > point.north) && (turn(*a, *b, point) > 0) == (b.north > a.north)
        });
        crossed.count() % 2 == 1
    }
}

/// Samples along each side of the box that two outlines share.
const GRID: i64 = 64;

/// Positive where a–b–c turns to the left, zero on one line: twice the area between them.
fn turn(a: Corner, b: Corner, c: Corner) -> i128 {
    let wide = |value: i64| i128::from(value);
    (wide(b.east) - wide(a.east)) * (wide(c.north) - wide(a.north))
        - (wide(b.north) - wide(a.north)) * (wide(c.east) - wide(a.east))
}

/// Whether c, on the line through a and b, lies between them.
fn between(a: Corner, b: Corner, c: Corner) -> bool {
    (a.east.min(b.east)..=a.east.max(b.east)).contains(&c.east)
        && (a.north.min(b.north)..=a.north.max(b.north)).contains(&c.north)
}

/// Whether the side b–c runs back over a–b.
fn folds_back(a: Corner, b: Corner, c: Corner) -> bool {
    turn(a, b, c) == 0 && (between(a, b, c) || between(b, c, a))
}

/// Whether two sides have a point in common.
fn touch((a, b): (Corner, Corner), (c, d): (Corner, Corner)) -> bool {
    let signs = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)].map(i128::signum);
    let [c_side, d_side, a_side, b_side] = signs;
    (c_side * d_side < 0 && a_side * b_side < 0)
        || (c_side == 0 && between(a, b, c))
        || (d_side == 0 && between(a, b, d))
        || (a_side == 0 && between(c, d, a))
        || (b_side == 0 && between(c, d, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Corners in metres east and north of a place in the south of China.
    fn outline(corners: &[(i32, i32)]) -> Outline {
        let point = |&(east, north): &(i32, i32)| {
            let (lat, lon) = (
                31.0 + f64::from(north) / 111_320.0,
                109.0 + f64::from(east) / 111_320.0 / 31.0_f64.to_radians().cos(),
            );
            Point { lat: format!("{lat:.7}").parse().unwrap(), lon: format!("{lon:.7}").parse().unwrap() }
        };
        Outline::of(&corners.iter().map(point).collect::<Vec<_>>()).unwrap()
    }

    fn square(east: i32, north: i32, side: i32) -> Outline {
        outline(&[(east, north), (east + side, north), (east + side, north + side), (east, north + side)])
    }

    #[test]
    fn an_outline_encloses_its_area_whichever_way_it_is_walked() {
        for corners in [[(0, 0), (100, 0), (100, 100), (0, 100)], [(0, 100), (100, 100), (100, 0), (0, 0)]] {
            let area = outline(&corners).area_m2();
            assert!((9_990..=10_010).contains(&area), "{area}");
        }
        let bent = outline(&[(0, 0), (100, 0), (100, 100), (50, 50), (0, 100)]).area_m2();
        assert!((7_490..=7_510).contains(&bent), "{bent}");
    }

    #[test]
    fn an_outline_that_crosses_or_touches_itself_is_found_with_its_sides() {
        assert_eq!(square(0, 0, 100).crossing(), None);
        assert_eq!(outline(&[(0, 0), (100, 0), (100, 100), (50, 50), (0, 100)]).crossing(), None);
        // A bow tie, a corner on another side, a way back over the side before.
        assert_eq!(outline(&[(0, 0), (100, 100), (100, 0), (0, 100)]).crossing(), Some((1, 3)));
        assert!(outline(&[(0, 0), (100, 0), (100, 100), (50, 0), (0, 100)]).crossing().is_some());
        let there_and_back = [(0, 0), (100, 0), (50, 0), (50, 80)];
        assert_eq!(outline(&there_and_back).crossing(), Some((1, 2)));
    }

    #[test]
    fn corners_told_twice_are_one_and_two_are_no_outline() {
        let point = |lat: &str, lon: &str| Point { lat: lat.parse().unwrap(), lon: lon.parse().unwrap() };
        let [a, b, c] = [point("31.0", "109.0"), point("31.001", "109.0"), point("31.0", "109.001")];
        let walked = [a.clone(), a.clone(), b.clone(), c, a.clone()];
        assert_eq!(Outline::of(&walked).unwrap().0.len(), 3);
        assert_eq!(Outline::of(&[a.clone(), b, a.clone(), a]), None);
    }

    #[test]
    fn an_overlap_is_told_as_a_share_of_the_smaller() {
        let plot = square(0, 0, 100);
        assert_eq!(plot.overlap_percent(&square(100, 0, 100)), 0, "neighbours share a border");
        assert_eq!(plot.overlap_percent(&square(500, 500, 100)), 0);
        let half = plot.overlap_percent(&square(50, 0, 100));
        assert!((48..=52).contains(&half), "{half}");
        for inside in [square(20, 20, 40), square(0, 0, 100)] {
            let all = plot.overlap_percent(&inside);
            assert!(all >= 97 && inside.overlap_percent(&plot) >= 97, "{all}");
        }
        let corner = plot.overlap_percent(&square(90, 90, 100));
        assert!(corner <= 2, "{corner}");
    }
}
