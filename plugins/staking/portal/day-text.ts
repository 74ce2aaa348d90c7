/** Days and moments in words, in UTC like the periods of rewards: the server draws the same as the browser. */

type Time = number | string

export function dayText(time: Time, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(time))
}

export function momentText(time: Time, locale: string): string {
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
  }).format(new Date(time))
  return `${dayText(time, locale)}, ${clock} UTC`
}
