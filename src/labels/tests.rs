use proptest::prelude::*;

use super::*;

const ADDRESS: &str = "https://trace.example/01/09520000100018/10/SF26P011116T/21/7K3M9Q2XWB4TZ0HC";

fn caption() -> Vec<String> {
    ["(01)09520000100018", "(10)SF26P011116T", "(21)7K3M9Q2XWB4TZ0HC"].map(str::to_owned).to_vec()
}

/// Reads the one symbol of an image, given as darkness of pixels.
fn decode(width: usize, height: usize, is_dark: impl Fn(usize, usize) -> bool) -> String {
    let mut image = rqrr::PreparedImage::prepare_from_bitmap(width, height, is_dark);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one symbol is found");
    grids[0].decode().unwrap().1
}

fn grey(png: &[u8]) -> image::GrayImage {
    image::load_from_memory(png).unwrap().into_luma8()
}

fn decode_png(png: &[u8]) -> String {
    let image = grey(png);
    decode(image.width() as usize, image.height() as usize, |x, y| image.get_pixel(x as u32, y as u32).0[0] < 128)
}

/// Draws the runs of our SVG's path, `Mx yh<n>v1h-<n>z` each, at four pixels a module.
fn decode_svg(svg: &str, side: usize) -> String {
    let path = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut dark = vec![false; side * side];
    for run in path.split('M').skip(1) {
        let (start, rest) = run.split_once('h').unwrap();
        let (x, y) = start.split_once(' ').unwrap();
        let (length, rest) = rest.split_once("v1h-").unwrap();
        assert_eq!(rest, format!("{length}z"), "the run is closed");
        let (x, y, length): (usize, usize, usize) = (x.parse().unwrap(), y.parse().unwrap(), length.parse().unwrap());
        dark[y * side + x..][..length].fill(true);
    }
    decode(side * 4, side * 4, |x, y| dark[y / 4 * side + x / 4])
}

/// Draws the half blocks at four pixels a module.
fn decode_terminal(text: &str) -> String {
    let rows: Vec<Vec<(bool, bool)>> = text
        .lines()
        .map(|line| {
            let line = line.strip_prefix("\x1b[38;5;16;48;5;231m").unwrap().strip_suffix("\x1b[0m").unwrap();
            line.chars().map(|c| (matches!(c, '▀' | '█'), matches!(c, '▄' | '█'))).collect()
        })
        .collect();
    decode(rows[0].len() * 4, rows.len() * 8, |x, y| {
        let (upper, lower) = rows[y / 8][x / 4];
        if y / 4 % 2 == 0 { upper } else { lower }
    })
}

#[test]
fn every_form_of_a_symbol_reads_back_as_its_address() {
    let matrix = symbol(ADDRESS).unwrap();
    for module_px in [2, 3, 8, 40] {
        assert_eq!(decode_png(&png(&matrix, module_px, &caption()).unwrap()), ADDRESS, "{module_px}");
    }
    assert_eq!(decode_png(&png(&matrix, 4, &[]).unwrap()), ADDRESS);
    assert_eq!(decode_svg(&svg(&matrix, &caption()), matrix.width_with_quiet_zone()), ADDRESS);
    assert_eq!(decode_terminal(&terminal(&matrix)), ADDRESS);
}

#[test]
fn an_address_of_73_characters_needs_version_4_only() {
    assert_eq!(ADDRESS.len(), 75);
    assert_eq!(symbol(&ADDRESS.replace("trace", "abc")).unwrap().width(), 33);
}

#[test]
fn capitals_and_digits_make_a_smaller_symbol_than_lower_case() {
    let lower = symbol(&ADDRESS.to_lowercase()).unwrap();
    assert!(symbol(ADDRESS).unwrap().width() < lower.width());
}

#[test]
fn error_correction_is_m() {
    let matrix = symbol(ADDRESS).unwrap();
    let mut image = rqrr::PreparedImage::prepare_from_bitmap(
        matrix.width_with_quiet_zone() * 4,
        matrix.width_with_quiet_zone() * 4,
        |x, y| matrix.is_dark_in_quiet_zone(x / 4, y / 4),
    );
    // ISO/IEC 18004 table 12: the indicator 00 stands for M.
    assert_eq!(image.detect_grids()[0].decode().unwrap().0.ecc_level, 0);
}

#[test]
fn a_text_that_no_symbol_holds_is_refused() {
    assert_eq!(symbol(&"a".repeat(2332)).unwrap_err().code, "symbol-too-long");
    assert_eq!(symbol(&"a".repeat(2331)).unwrap().width(), 177);
    assert_eq!(symbol("https://trace.example/批").unwrap_err().code, "symbol-character");
}

#[test]
fn the_quiet_zone_is_white_on_each_side() {
    let matrix = symbol(ADDRESS).unwrap();
    let image = grey(&png(&matrix, 3, &[]).unwrap());
    let (side, quiet) = (image.width(), 4 * 3);
    assert_eq!(side as usize, matrix.width_with_quiet_zone() * 3);
    for (x, y, pixel) in image.enumerate_pixels() {
        if x < quiet || y < quiet || x >= side - quiet || y >= side - quiet {
            assert_eq!(pixel.0[0], 255, "{x}, {y}");
        }
    }
    assert_eq!(image.get_pixel(quiet, quiet).0[0], 0, "the finder pattern starts right behind it");
}

#[test]
fn the_caption_stands_under_the_quiet_zone_and_widens_the_image_where_needed() {
    let matrix = symbol(ADDRESS).unwrap();
    let side = (matrix.width_with_quiet_zone() * 4) as u32;
    let image = grey(&png(&matrix, 4, &["x".repeat(60)]).unwrap());
    assert!(image.width() > side && image.height() > side);
    let dark = |y: u32| (0..image.width()).any(|x| image.get_pixel(x, y).0[0] == 0);
    assert!((side - 4 * 4..side).all(|y| !dark(y)), "quiet zone");
    assert!((side..image.height()).any(dark), "caption");
    assert!((0..image.height()).all(|y| image.get_pixel(0, y).0[0] == 255), "margin");
    assert_eq!(decode_png(&png(&matrix, 4, &["x".repeat(60)]).unwrap()), ADDRESS);
}

#[test]
fn a_refused_png_names_its_rule() {
    let matrix = symbol("A").unwrap();
    for module_px in [0, 1, 41, u32::MAX] {
        assert_eq!(png(&matrix, module_px, &[]).unwrap_err().code, "module-px-range");
    }
    assert_eq!(png(&matrix, 4, &["批号".to_owned()]).unwrap_err().code, "caption-character");
    assert_eq!(png(&matrix, 4, &["a\n".to_owned()]).unwrap_err().code, "caption-character");
    assert_eq!(png(&matrix, 4, &["x".repeat(81)]).unwrap_err().code, "caption-size");
    assert_eq!(png(&matrix, 4, &vec![String::new(); 9]).unwrap_err().code, "caption-size");
}

#[test]
fn svg_is_sized_in_millimetres_and_says_what_it_is() {
    let matrix = symbol(ADDRESS).unwrap();
    let bare = svg(&matrix, &[]);
    let side = matrix.width_with_quiet_zone() as f64 * MODULE_MM;
    let module: f64 = bare.split("scale(").nth(1).unwrap().split(')').next().unwrap().parse().unwrap();
    assert!(module >= 0.396, "GS1's least module on a consumer pack");
    assert!(
        bare.contains(&format!("width=\"{side:.1}mm\" height=\"{side:.1}mm\" viewBox=\"0 0 {side:.1} {side:.1}\""))
    );
    assert!(bare.contains("role=\"img\"") && bare.contains("<title>QR</title>"));
    assert_eq!(bare.matches("<path").count(), 1);

    let labelled = svg(&matrix, &caption());
    assert!(labelled.contains("<title>(01)09520000100018 (10)SF26P011116T (21)7K3M9Q2XWB4TZ0HC</title>"));
    assert_eq!(labelled.matches("<text").count(), 3);
}

#[test]
fn captions_in_svg_are_escaped() {
    let drawn = svg(&symbol("A").unwrap(), &["<&>\"'\u{1}橙".to_owned()]);
    assert_eq!(drawn.matches("&lt;&amp;&gt;&quot;&#39;\u{FFFD}橙").count(), 2, "title and text");
}

#[test]
fn the_font_draws_each_printable_character_differently() {
    let shape = |c: char| {
        (0..font::HEIGHT * font::WIDTH).map(|i| font::is_ink(c, i % font::WIDTH, i / font::WIDTH)).collect::<Vec<_>>()
    };
    let mut shapes: Vec<_> = (' '..='~').map(shape).collect();
    assert_eq!(shapes.iter().filter(|dots| !dots.contains(&true)).count(), 1, "only the space is empty");
    shapes.sort();
    shapes.dedup();
    assert_eq!(shapes.len(), 95);
    assert!(!font::can_draw('橙') && !shape('橙').contains(&true) && !shape('\n').contains(&true));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_lot_and_serial_read_back(lot in "[A-Za-z0-9_.-]{1,20}", serial in "[0-9A-HJKMNP-TV-Z]{16}") {
        let address = format!("https://trace.example/01/09520000100018/10/{lot}/21/{serial}");
        let matrix = symbol(&address).unwrap();
        prop_assert_eq!(decode_png(&png(&matrix, 4, &[lot]).unwrap()), address.clone());
        prop_assert_eq!(decode_svg(&svg(&matrix, &[]), matrix.width_with_quiet_zone()), address);
    }
}
