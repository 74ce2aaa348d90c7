/** Where to go after logging in: a path of this site from `?next=`, never another one. */
export function nextPage(query: unknown, otherwise = '/dashboard'): string {
  return typeof query === 'string' && /^\/(?![/\\])/.test(query) ? query : otherwise
}
