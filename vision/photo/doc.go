// Package photo turns the bytes a phone sends into upright pixels a network can look at.
//
// Three words carry it. A [Decoder] takes bytes from strangers: it finds the format from the
// bytes themselves, reads the dimensions before any pixel, refuses what is too big, and lets only
// a bounded number of photos be decoded at once. A [Photo] is the result: opaque, upright, and
// for large photos already smaller than the original, because a network never needs twelve
// megapixels. [Photo.Sample] cuts a box out of it and resamples it into the float planes that the
// network reads.
//
// By file:
//
//	decode       limits, formats by their first bytes, errors that a person can act on
//	orientation  the one Exif tag that is read; places, times and names are never looked at
//	jpeg         our own decoder, which builds a small picture straight from the coefficients:
//	             jpeg_scaled (headers and scan), jpeg_huffman (bits), jpeg_idct (pixels)
//	png, webp    decoders of the standard library and golang.org/x/image
//	heic         libheif in WebAssembly, under our limits; heif and hevc read its headers first
//	picture      planes of bytes as the decoders leave them, reduced if they are large
//	sample       bicubic resampling of those planes, colour conversion, orientation
//	hash         a perceptual hash, to recognise the same picture again
//
// JPEG, PNG, WebP and HEIC are read; GIF, AVIF, TIFF, BMP and anything animated are refused by
// name. The declared media type plays no part. This is the only package of the service that knows
// picture formats, and no caller ever sees a picture lying on its side: boxes, bounds and samples
// are all in the pixels that a person sees.
//
// A photo is never written anywhere and nothing but its pixels is kept.
package photo
