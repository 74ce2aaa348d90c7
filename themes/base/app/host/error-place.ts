/** Of Vue's places of an error: in development a sentence, built for production the number at the end of a link. */
const doing = /^(native|component) event handler$|^watcher callback$|#runtime-[356]$/

/**
 * Whether something that was done failed (a click, a change that was followed), and not the drawing: then what is on
 * screen is still whole.
 */
export function isOfDoing(place: string): boolean {
  return doing.test(place)
}
