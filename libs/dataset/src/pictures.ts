export { decodeRgb, type RgbPicture } from './decode-rgb.js';
export {
  type DrawInsectsOptions,
  drawInsectJpeg,
  drawInsects,
  type InsectClass,
  insectClasses,
} from './drawing/draw-insects.js';
export {
  type DrawSourceTaskOptions,
  drawSourceTask,
  loadSourceTask,
  type SourcePicture,
  sourceClasses,
} from './drawing/draw-source-task.js';
export { type LoadedSplit, type LoadSplitOptions, loadSplit } from './load-split.js';
export { decoderVersion } from './pixel-cache.js';
export { fitToSpec, normalize, preprocess } from './preprocess.js';
export { resizeAntialias } from './resize-antialias.js';
