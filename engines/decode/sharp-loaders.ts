import sharp from 'sharp';

/**
 * libvips decodes whatever it recognises, under any file name: SVG runs a renderer, PDF and GIF an interpreter. Only the
 * loaders of the three formats that Graft reads stay usable in this process.
 */
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });

/** Every picture is read once: a cache of decoded ones would only hold memory. */
sharp.cache(false);

/** One thread a picture: many pictures are decoded at once, and splitting one costs more than it gives. */
sharp.concurrency(1);

export { sharp };
