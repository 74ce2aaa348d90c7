import { createApi, type Api } from '../../contract/index.ts'
import { login, loginWithCode, type SessionAnswer } from '../routes.ts'
import { sessionIdOf } from '../sessions.ts'

export const password = 'correct horse battery'

/** One browser at the front door: keeps its cookie, sends its token. */
export interface Browser {
  readonly api: Api
  readonly sessionId: string
  login(email: string, withPassword?: string): Promise<SessionAnswer>
  loginWithCode(challenge: string | undefined, code: string): Promise<SessionAnswer>
}

export function openBrowser(
  origin: string,
  userAgent = 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
): Browser {
  let cookie = ''
  let csrfToken = ''
  const withCookie: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const given = response.headers.get('set-cookie')
    if (given !== null) cookie = given.split(';')[0] as string
    return response
  }
  const api = createApi({
    baseUrl: `${origin}/api`,
    fetch: withCookie,
    headers: () => ({ cookie, 'x-csrf-token': csrfToken, 'user-agent': userAgent }),
  })
  const become = (answer: SessionAnswer): SessionAnswer => {
    csrfToken = answer.csrfToken
    return answer
  }
  return {
    api,
    get sessionId() {
      return sessionIdOf(cookie.split('=')[1] ?? '')
    },
    login: async (email, withPassword = password) =>
      become(await api(login, { email, password: withPassword })),
    loginWithCode: async (challenge = '', code) => become(await api(loginWithCode, { challenge, code })),
  }
}
