import { createApi, type Api } from '../contract/index.ts'
import { login, type SessionUser } from '../identity/routes.ts'

/** A user with a session at the front door. */
export interface TestUser extends SessionUser {
  readonly api: Api
  /** For what the API client does not do: sockets, raw requests. */
  readonly cookie: string
}

export interface Credentials {
  readonly email: string
  readonly password: string
}

/** Signs in as a browser does: the cookie and the CSRF token of the session go along with every request. */
export async function signIn(baseUrl: string, credentials: Credentials): Promise<TestUser> {
  let cookie = ''
  let csrfToken = ''
  const withCookie: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const given = response.headers.get('set-cookie')
    if (given !== null) cookie = given.split(';')[0] as string
    return response
  }
  const api = createApi({
    baseUrl,
    fetch: withCookie,
    headers: () => ({ cookie, 'x-csrf-token': csrfToken }),
  })
  const session = await api(login, credentials)
  if (!session.user) throw new Error(`${credentials.email} could not sign in.`)
  csrfToken = session.csrfToken
  return { ...session.user, api, cookie }
}
