use super::*;

struct Counting(std::sync::atomic::AtomicU64);

impl Randomness for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        let next = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        buffer.fill(0);
        buffer[..8].copy_from_slice(&next.to_be_bytes());
    }
}

fn files() -> (tempfile::TempDir, Files, Counting) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(folder.path()).unwrap();
    (folder, files, Counting(Default::default()))
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = image::DynamicImage::new_rgb8(width, height);
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

#[test]
fn a_photo_is_kept_as_a_smaller_jpeg_and_read_back() {
    let (_folder, files, random) = files();
    let kept = files.keep("image/png", png(3200, 1600), &random).unwrap();
    let bytes = files.read(kept.sha256).unwrap();
    let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).unwrap();
    assert_eq!((picture.width(), picture.height()), (1600, 800));
    assert_eq!((kept.media_type, kept.size), (MediaType::Jpeg, bytes.len() as u64));
}

#[test]
fn the_camera_data_of_a_photo_is_gone() {
    let (_folder, files, random) = files();
    let mut jpeg = Vec::new();
    image::DynamicImage::new_rgb8(40, 20)
        .write_to(&mut std::io::Cursor::new(&mut jpeg), image::ImageFormat::Jpeg)
        .unwrap();
    // An APP1 segment with EXIF that says: rotate by 90 degrees. Big-endian TIFF with one entry, tag 0x0112 = 6.
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0GPS-secret";
    let mut with_exif = vec![0xff, 0xd8, 0xff, 0xe1];
    with_exif.extend(((exif.len() + 2) as u16).to_be_bytes());
    with_exif.extend(exif);
    with_exif.extend(&jpeg[2..]);
    let kept = files.keep("image/jpeg", with_exif, &random).unwrap();
    let bytes = files.read(kept.sha256).unwrap();
    assert!(!bytes.windows(4).any(|window| window == b"Exif") && !bytes.windows(3).any(|window| window == b"GPS"));
    let picture = image::load_from_memory(&bytes).unwrap();
    assert_eq!((picture.width(), picture.height()), (20, 40), "turned upright before the data went");
}

#[test]
fn a_file_that_is_not_what_it_says_is_refused() {
    let (_folder, files, random) = files();
    for (claimed, bytes) in [
        ("image/jpeg", png(2, 2)),
        ("application/pdf", b"<html>%PDF-1.7".to_vec()),
        ("image/svg+xml", b"<svg/>".to_vec()),
        ("image/png", Vec::new()),
    ] {
        let refused = files.keep(claimed, bytes, &random);
        assert!(matches!(refused, Err(UploadError::NotWhatItSays { .. })), "{claimed}: {refused:?}");
    }
}

#[test]
fn a_broken_or_monstrous_photo_is_refused() {
    let (_folder, files, random) = files();
    let mut cut = png(50, 50);
    cut.truncate(60);
    assert!(matches!(files.keep("image/png", cut, &random), Err(UploadError::Photo(_))));
    let bomb = claiming(png(1, 1), 50_000, 50_000);
    assert!(matches!(files.keep("image/png", bomb, &random), Err(UploadError::Photo(BadPhoto::TooLarge(_)))));
    // Few enough pixels, of six bytes each: more room than a photo gets.
    let mut deep = Vec::new();
    let picture = image::DynamicImage::new_rgb16(1, 1);
    picture.write_to(&mut std::io::Cursor::new(&mut deep), image::ImageFormat::Png).unwrap();
    let refused = files.keep("image/png", claiming(deep, 6_000, 5_000), &random).unwrap_err();
    assert!(matches!(refused, UploadError::Photo(BadPhoto::Undecodable(image::ImageError::Limits(_)))), "{refused}");
}

/// A PNG whose header says that it has so many pixels.
fn claiming(mut png: Vec<u8>, width: u32, height: u32) -> Vec<u8> {
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let end = crc32(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&end);
    png
}

/// As PNG ends its chunks.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

#[test]
fn the_same_file_twice_is_one_file() {
    let (_folder, files, random) = files();
    let first = files.keep("application/pdf", b"%PDF-1.7 report".to_vec(), &random).unwrap();
    let second = files.keep("application/pdf", b"%PDF-1.7 report".to_vec(), &random).unwrap();
    assert_eq!(first, second);
    assert_eq!(files.read(first.sha256).unwrap(), b"%PDF-1.7 report");
}
