export { decodeRgb, type RgbPicture } from './decode-rgb.js';
export {
  type DrawInsectsOptions,
  drawInsectJpeg,
  drawInsects,
  type InsectClass,
  insectClasses,
} from './drawing/draw-insects.js';
