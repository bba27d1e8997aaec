//! Pictures: JPEG, PNG and WebP by their first bytes. Their size is looked at before they are decoded, and what is kept
//! is encoded anew: metadata (EXIF, GPS) and anything that was appended does not survive.

use super::{Checked, MOST_BYTES, Media, Unfit};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use std::io::Cursor;

/// The most pixels that are decoded: phones take up to 50 million.
const MOST_PIXELS: u64 = 52_000_000;
/// The longest side that is decoded, in pixels.
const LONGEST_SIDE: u32 = 16_384;
/// The most memory of a decoder, in bytes: a picture of the most pixels with four channels of a byte.
const MOST_MEMORY: u64 = MOST_PIXELS * 4 + (16 << 20);
/// The longest side that is kept, in pixels: an A4 sheet is then legible at 220 dots an inch.
const KEPT_SIDE: u32 = 2_560;
/// The longest side of a small picture, in pixels.
const SMALL_SIDE: u32 = 160;
const QUALITY: u8 = 85;
const SMALL_QUALITY: u8 = 60;

/// The format by the first bytes.
fn format(file: &[u8]) -> Option<ImageFormat> {
    let is_webp = file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WEBP");
    match file {
        [0xff, 0xd8, 0xff, ..] => Some(ImageFormat::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(ImageFormat::Png),
        _ => is_webp.then_some(ImageFormat::WebP),
    }
}

/// Decodes a picture and makes what is kept of it, with a small one.
///
/// # Errors It is no picture, is cut short, or would take too much memory.
pub fn check(file: &[u8]) -> Result<Checked, Unfit> {
    let format = format(file).ok_or(Unfit::Unknown)?;
    if !is_whole(file, format) {
        return Err(Unfit::Damaged);
    }
    let picture = decode(file, format)?;
    let kept = within(picture, KEPT_SIDE);
    let (media, content) = encode(&kept, format)?;
    let small = jpeg(&flat(&within(kept.clone(), SMALL_SIDE)), SMALL_QUALITY)?;
    Ok(Checked { media, content, size: Some((kept.width(), kept.height())), small: Some(small) })
}

/// Whether the file goes to the end that its format says. Decoders fill in what is missing.
fn is_whole(file: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Jpeg => jpeg_end(file).is_some(),
        ImageFormat::Png => file.windows(4).any(|part| part == b"IEND"),
        _ => {
            let length = file.get(4..8).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
            let length = length.and_then(|length| usize::try_from(length).ok());
            length.is_some_and(|length| length.saturating_add(8) <= file.len())
        }
    }
}

/// The end of a JPEG: segments by their lengths, and after the start of a scan the first marker that is not part of it.
fn jpeg_end(file: &[u8]) -> Option<usize> {
    const END: u8 = 0xd9;
    let mut at = 2_usize;
    loop {
        while file.get(at) != Some(&0xff) {
            // Between the lines of a scan: its data.
            at = at.checked_add(1)?;
            file.get(at)?;
        }
        let marker = *file.get(at.checked_add(1)?)?;
        at = at.checked_add(2)?;
        match marker {
            END => return Some(at),
            // A stuffed byte, a restart, a fill byte: no segment follows.
            0x00 | 0x01 | 0xd0..=0xd8 => {}
            0xff => at = at.checked_sub(1)?,
            _ => {
                let length = file.get(at..at.checked_add(2)?)?;
                let length = usize::from(u16::from_be_bytes(length.try_into().ok()?));
                at = at.checked_add(length)?;
            }
        }
    }
}

fn decode(file: &[u8], format: ImageFormat) -> Result<DynamicImage, Unfit> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unfit)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if pixels > MOST_PIXELS || width.max(height) > LONGEST_SIDE {
        return Err(Unfit::Expands);
    }
    if decoder.total_bytes() > MOST_MEMORY {
        return Err(Unfit::Expands);
    }
    // Without readable metadata a picture stands as it is.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unfit)?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

fn unfit(error: ImageError) -> Unfit {
    match error {
        ImageError::Limits(_) => Unfit::Expands,
        _ => Unfit::Damaged,
    }
}

/// The picture, made smaller where a side is longer.
fn within(picture: DynamicImage, side: u32) -> DynamicImage {
    match picture.width().max(picture.height()) > side {
        true => picture.thumbnail(side, side),
        false => picture,
    }
}

/// As PNG what was PNG and stays small enough, everything else as JPEG.
fn encode(picture: &DynamicImage, format: ImageFormat) -> Result<(Media, Vec<u8>), Unfit> {
    if format == ImageFormat::Png {
        let mut out = Vec::new();
        let plain = match picture.color().has_alpha() {
            true => DynamicImage::ImageRgba8(picture.to_rgba8()),
            false => DynamicImage::ImageRgb8(picture.to_rgb8()),
        };
        plain.write_with_encoder(PngEncoder::new(&mut out)).map_err(|_| Unfit::Damaged)?;
        if out.len() <= MOST_BYTES {
            return Ok((Media::Png, out));
        }
    }
    Ok((Media::Jpeg, jpeg(&flat(picture), QUALITY)?))
}

/// The picture on white: JPEG has no transparency.
fn flat(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let over = picture.to_rgba8();
    let mut flat = RgbImage::new(over.width(), over.height());
    for (below, pixel) in flat.pixels_mut().zip(over.pixels()) {
        let [red, green, blue, alpha] = pixel.0;
        let on_white = |channel: u8| {
            let (channel, alpha) = (u32::from(channel), u32::from(alpha));
            let mixed = channel
                .saturating_mul(alpha)
                .saturating_add(255_u32.saturating_mul(255_u32.saturating_sub(alpha)));
            u8::try_from(mixed / 255).unwrap_or(255)
        };
        below.0 = [on_white(red), on_white(green), on_white(blue)];
    }
    flat
}

fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, Unfit> {
    let mut out = Vec::new();
    picture
        .write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality))
        .map_err(|_| Unfit::Damaged)?;
    Ok(out)
}

/// A plain drawing for samples: a disc of one of four colours on paper, as PNG.
///
/// # Errors It cannot be encoded.
pub fn sample(number: usize) -> Result<Vec<u8>, Unfit> {
    const COLOURS: [[u8; 3]; 4] = [[174, 31, 27], [46, 110, 100], [191, 138, 48], [88, 74, 60]];
    const SIDE: u32 = 240;
    const RADIUS: u32 = 80;
    let colour = COLOURS.into_iter().cycle().nth(number).unwrap_or_default();
    let off = |at: u32| at.abs_diff(SIDE / 2).saturating_pow(2);
    let drawn = RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let is_inside = off(x).saturating_add(off(y)) < RADIUS.saturating_pow(2);
        image::Rgb(if is_inside { colour } else { [250, 246, 239] })
    });
    let mut out = Vec::new();
    drawn.write_with_encoder(PngEncoder::new(&mut out)).map_err(|_| Unfit::Damaged)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_a_picture_and_its_small_one_weighs_little() {
        for number in 0..5 {
            let checked = check(&sample(number).unwrap()).unwrap();
            assert_eq!((checked.media, checked.size), (Media::Png, Some((240, 240))));
            assert!(checked.small.unwrap().len() < 4_000);
        }
    }

    #[test]
    fn what_is_transparent_is_kept_so_and_stands_on_white_in_the_small_one() {
        let clear = DynamicImage::new_rgba8(20, 10);
        let mut file = Vec::new();
        clear.write_with_encoder(PngEncoder::new(&mut file)).unwrap();
        let checked = check(&file).unwrap();
        assert!(decode(&checked.content, ImageFormat::Png).unwrap().color().has_alpha());
        let small = decode(&checked.small.unwrap(), ImageFormat::Jpeg).unwrap().to_rgb8();
        assert!(small.pixels().all(|pixel| pixel.0.iter().all(|channel| *channel > 250)));
    }

    #[test]
    fn a_large_picture_is_made_smaller() {
        let wide = RgbImage::new(3_000, 100);
        assert_eq!(check(&jpeg(&wide, 50).unwrap()).unwrap().size, Some((2_560, 85)));
    }
}
