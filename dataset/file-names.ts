/** What macOS and Windows leave between the pictures. */
const LITTER = new Set(['__macosx', 'thumbs.db', 'desktop.ini']);

/** Everything that people call a picture: what Graft does not read is refused by its bytes, not passed over by its name. */
const PICTURE =
  /\.(jpe?g|jpe|jfif|png|apng|webp|gif|bmp|tiff?|heic|heif|avif|jxl|jp2|j2k|svgz?|ico|psd|raw|dng|cr2|nef|arw|tga)$/i;

/** Whether a path has a hidden part (`.git`, `.DS_Store`) or a system's own litter (`__MACOSX`, `Thumbs.db`). */
export function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || LITTER.has(part.toLowerCase()));
}

/** Whether a name's ending says picture; texts, tables and licences between the pictures are no pictures. */
export function isPictureName(path: string): boolean {
  return PICTURE.test(path);
}

/** The folder of a path, `''` at the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A path without its last ending. */
export function withoutExtension(path: string): string {
  return path.replace(/\.[^./]*$/, '');
}
