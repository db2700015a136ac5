/** The picture formats that are read; everything else is refused before a decoder sees it. */
export const pictureFormats = ['jpeg', 'png', 'webp'] as const;
export type PictureFormat = (typeof pictureFormats)[number];

/** File name endings of pictures, lower case. The ending only decides whether a file is looked at; the bytes decide the format. */
export const pictureEndings = ['.jpg', '.jpeg', '.png', '.webp'] as const;

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Tells the format from the first bytes; undefined for anything that is not JPEG, PNG or WebP. */
export function sniffPictureFormat(bytes: Uint8Array): PictureFormat | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (pngSignature.every((byte, index) => bytes[index] === byte)) return 'png';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'webp';
  return undefined;
}

/** Names what the bytes look like instead, for the reason of a refusal. */
export function describeForeignFormat(bytes: Uint8Array): string {
  const start = ascii(bytes, 0, 1024);
  if (start.startsWith('GIF8')) return 'a GIF';
  if (start.startsWith('II*\0') || start.startsWith('MM\0*')) return 'a TIFF';
  if (start.startsWith('BM')) return 'a BMP';
  if (start.startsWith('%PDF')) return 'a PDF';
  if (start.startsWith('PK\x03\x04')) return 'a zip';
  if (/^ftyp(heic|heix|mif1|msf1|avif|avis)/.test(start.slice(4, 12))) return 'a HEIF or AVIF';
  if (/<svg|<\?xml/i.test(start)) return 'an SVG or XML';
  return 'unknown';
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
