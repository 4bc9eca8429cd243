//! Photos: decoded within limits, upright, at most 1600 pixels on the long side, encoded anew as JPEG.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};

use super::turns::{Crowded, Turns};
use crate::domain::kinds::MediaType;

/// A small file may unpack to much: photos are decoded one after the other, and of a crowd the rest are asked to come again. A
/// photo takes up to a second, so the last of those who wait gets its turn before a browser gives up.
static TURNS: Turns = Turns::new(1, 16);

/// Pixels that are decoded at most: beyond lies a decompression bomb, not a phone's camera.
const MAX_PIXELS: u64 = 40_000_000;
/// Room for them at three bytes each.
const MAX_ALLOCATION: u64 = 3 * MAX_PIXELS;
const LONG_SIDE: u32 = 1600;
const QUALITY: u8 = 82;

/// A photo that cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum BadPhoto {
    #[error("the photo has {0} pixels, at most 40 million are decoded")]
    TooLarge(u64),
    #[error("the photo cannot be decoded: {0}")]
    Undecodable(#[from] image::ImageError),
    #[error("the photo cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    #[error(transparent)]
    Crowded(#[from] Crowded),
}

/// The photo without anything but its picture.
pub fn clean(bytes: &[u8]) -> Result<(Vec<u8>, MediaType), BadPhoto> {
    let (width, height) = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?.into_dimensions()?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS {
        return Err(BadPhoto::TooLarge(pixels));
    }
    let _turn = TURNS.wait()?;
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOCATION);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    // `into_decoder` does not apply the allocation limit by itself.
    limits.reserve(decoder.total_bytes())?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if picture.width().max(picture.height()) > LONG_SIDE {
        picture = picture.resize(LONG_SIDE, LONG_SIDE, image::imageops::FilterType::Triangle);
    }
    // Turned when it is small.
    picture.apply_orientation(orientation);
    let mut clean = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut clean, QUALITY);
    picture.to_rgb8().write_with_encoder(encoder)?;
    Ok((clean, MediaType::Jpeg))
}
