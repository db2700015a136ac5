import sharp from 'sharp';

// The first module of this lib that loads sharp, and the only one that says what sharp may read in this process: every
// loader of libvips is shut but the three that are needed, and those only for memory. No SVG (it can read files), no
// TIFF, GIF, PDF or VIPS file (past holes), no file names, whatever the bytes pretend to be.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
});
sharp.cache(false);

/**
 * Opens the SVG loader, for memory, in this process: for pictures we draw ourselves. `decodeRgb` goes on refusing bytes
 * that are not JPEG, PNG or WebP before any loader sees them.
 */
export function allowDrawing(): void {
  sharp.unblock({ operation: ['VipsForeignLoadSvgBuffer'] });
}

export { sharp };
