/** What a sign-in came from, in the few words a person recognises it by. */
export interface Device {
  /** Empty when the header says nothing we know. */
  readonly browser: string
  readonly system: string
  readonly isPhone: boolean
}

/** The order matters: most name those they descend from as well. */
const browsers = [
  ['Edge', /\bEdgA?\/|\bEdgiOS\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\bFirefox\/|\bFxiOS\//],
  ['Chrome', /Chrome\/|\bCriOS\/|\bChromium\//],
  ['Safari', /\bSafari\//],
  ['curl', /^curl\//],
] as const

const systems = [
  ['iPad', /\biPad\b/],
  ['iPhone', /\biPhone\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMacintosh\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
] as const

function firstOf(names: readonly (readonly [string, RegExp])[], userAgent: string): string {
  return names.find(([, form]) => form.test(userAgent))?.[0] ?? ''
}

export function deviceOf(userAgent: string): Device {
  const system = firstOf(systems, userAgent)
  return {
    browser: firstOf(browsers, userAgent),
    system,
    isPhone: system === 'iPhone' || (system === 'Android' && /\bMobile\b/.test(userAgent)),
  }
}
