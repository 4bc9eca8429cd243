//! A photo on its way from a phone to the page of a label.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use scraper::{Html, Selector};
use serde_json::json;

use crate::support::{LOOSE, TestApp, harvest};

/// A JPEG as phones make it: its EXIF says where it was taken (31° 1′ 6″ N) and by whom.
fn photo_with_a_place() -> Vec<u8> {
    // Big-endian TIFF. The first directory has the artist and a pointer to the GPS directory, which has the latitude.
    let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
    tiff.extend(b"\0\x02");
    tiff.extend(b"\x01\x3b\0\x02\0\0\0\x08\0\0\0\x26"); // Artist, 8 bytes at 0x26
    tiff.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x2e"); // GPS directory at 0x2e
    tiff.extend(b"\0\0\0\0");
    tiff.extend(b"GROWER1\0");
    tiff.extend(b"\0\x02");
    tiff.extend(b"\0\x01\0\x02\0\0\0\x02N\0\0\0"); // GPSLatitudeRef
    tiff.extend(b"\0\x02\0\x05\0\0\0\x03\0\0\0\x4c"); // GPSLatitude, three fractions at 0x4c
    tiff.extend(b"\0\0\0\0");
    tiff.extend(latitude());
    assert_eq!(tiff.len(), 0x4c + 24);
    let mut plain = Vec::new();
    DynamicImage::new_rgb8(64, 48).write_to(&mut Cursor::new(&mut plain), ImageFormat::Jpeg).unwrap();
    let mut jpeg = vec![0xff, 0xd8, 0xff, 0xe1];
    jpeg.extend(((2 + 6 + tiff.len()) as u16).to_be_bytes());
    jpeg.extend(b"Exif\0\0");
    jpeg.extend(&tiff);
    jpeg.extend(&plain[2..]);
    jpeg
}

/// 31° 1′ 6″ as three fractions.
fn latitude() -> Vec<u8> {
    [31_u32, 1, 1, 1, 6, 1].iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[actix_web::test]
async fn a_photo_of_a_harvest_is_shown_on_its_page_without_its_place() {
    let app = TestApp::start().await;
    let season = app.season().await;
    app.on("2026-11-16");
    let photo = photo_with_a_place();
    let stored = app.cooperative.post_text("/api/v1/attachments", "image/jpeg", photo.clone()).await.created();
    let sha256 = stored["attachment"]["sha256"].as_str().unwrap().to_owned();
    let mut body = harvest(&season.plot, "SF26P011116", 1_000);
    body["attachments"] = json!([stored]);
    app.cooperative.act("/api/v1/batches", body).await;

    let address = format!("/attachments/{sha256}");
    let page = Html::parse_document(&app.page(LOOSE, "SF26P011116", "en").await);
    let images = Selector::parse("main img").unwrap();
    let sources: Vec<_> = page.select(&images).filter_map(|image| image.attr("src")).collect();
    assert_eq!(sources, [address.as_str()]);
    let view = app.scan(LOOSE, "SF26P011116").await;
    assert!(view["timeline"][0].to_string().contains(&sha256), "it belongs to the harvest: {view}");

    let read = app.anon.get(&address).await.expect(200);
    assert_eq!(read.header("content-type"), Some("image/jpeg"));
    assert_eq!(read.header("x-content-type-options"), Some("nosniff"));
    assert!(read.header("content-security-policy").unwrap().contains("sandbox"));
    assert!(read.header("cache-control").unwrap().contains("immutable"), "{:?}", read.headers);
    assert_eq!(read.header("content-disposition"), None, "it is shown, not downloaded");
    let picture = image::load_from_memory_with_format(&read.bytes, ImageFormat::Jpeg).unwrap();
    assert_eq!((picture.width(), picture.height()), (64, 48));

    let on_disk = std::fs::read(app.folder.path().join("files").join(&sha256[..2]).join(&sha256)).unwrap();
    assert_eq!(on_disk, read.bytes);
    for (what, part) in [("EXIF", &b"Exif"[..]), ("the artist", b"GROWER1"), ("GPS", &latitude())] {
        assert!(holds(&photo, part), "the test's photo has no {what}");
        assert!(!holds(&on_disk, part), "{what} was kept");
    }
}

#[actix_web::test]
async fn what_a_file_was_called_is_neither_believed_nor_kept() {
    let app = TestApp::start().await;
    let season = app.season().await;
    let batch = app.harvest(&season, "SF26P011116", 1_000).await;
    let desk = app.desk(&app.cooperative).await;
    let path = format!("/console/batches/{batch}/note");
    let fields = desk.form(&path).await;
    let form = |name: &str, media_type: &str, bytes: &[u8]| {
        let mut body = Vec::new();
        for (field, value) in fields.iter().filter(|(field, _)| *field != "file") {
            let value = if field == "note" { "送检单" } else { value.as_str() };
            let part = format!("--cut\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = format!("form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {media_type}\r\n\r\n");
        body.extend(format!("--cut\r\nContent-Disposition: {head}").into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n--cut--\r\n");
        body
    };
    // A name says nothing: what is no PDF is refused by its first bytes, whatever it is called.
    let (status, said) = desk.post_parts(&path, form("report.pdf", "application/pdf", b"MZ\x90\0 a program")).await;
    assert!(status == 415 || status == 422, "{status}: {said}");
    let pdf = b"%PDF-1.7\n% a report\n%%EOF\n";
    let (status, said) = desk.post_parts(&path, form("../../setup.exe", "application/pdf", pdf)).await;
    assert_eq!(status, 200, "{said}");
    let chain = app.anon.get(&format!("/api/v1/batches/{batch}/chain")).await.expect(200).text();
    assert!(chain.contains("送检单") && !chain.contains("setup"), "{chain}");
    let last: serde_json::Value = serde_json::from_str(chain.lines().last().unwrap()).unwrap();
    let sha256 = last["body"]["attachments"][0]["attachment"]["sha256"].as_str().unwrap().to_owned();
    let read = app.anon.get(&format!("/attachments/{sha256}")).await.expect(200);
    assert_eq!(read.header("content-type"), Some("application/pdf"));
    let called = format!("attachment; filename=\"{sha256}.pdf\"");
    assert_eq!(read.header("content-disposition"), Some(called.as_str()));
}
