export { decodeRgb, type RgbPicture } from './decode-rgb.js';
