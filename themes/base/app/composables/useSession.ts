import type { ComputedRef } from 'vue'
import type { ParamsOf } from '@cambium/kernel/contract'
import {
  changePassword,
  login,
  loginWithCode,
  logout,
  register,
  showSession,
  type SessionAnswer,
} from '@cambium/kernel/identity/routes'

export interface SessionControl {
  readonly user: ComputedRef<SessionAnswer['user']>
  readonly isSignedIn: ComputedRef<boolean>
  /** A permission id, or `signedIn`; nothing asked is always allowed. The server decides, this only hides. */
  can(permission: string | undefined): boolean
  /** Answers a challenge where a code is asked for next. */
  login(credentials: { email: string; password: string }): Promise<string | null>
  loginWithCode(challenge: string, code: string): Promise<void>
  /** Every other session of the account ends. */
  changePassword(passwords: { currentPassword: string; newPassword: string }): Promise<void>
  /** Asks again who is signed in. */
  refresh(): Promise<void>
  register(account: ParamsOf<typeof register>): Promise<void>
  logout(): Promise<void>
}

/** `undefined` until asked, `null` when nobody could be asked. */
export function useSessionState() {
  return useState<SessionAnswer | null | undefined>('cambium:session', () => undefined)
}

export function useSession(): SessionControl {
  const state = useSessionState()
  const api = useApi()
  const { $channels } = useNuxtApp()
  const user = computed(() => state.value?.user ?? null)

  /** The socket knows who it belongs to since it connected, so it connects anew. */
  function become(session: SessionAnswer): void {
    state.value = session
    $channels?.reconnect()
  }

  return {
    user,
    isSignedIn: computed(() => user.value !== null),
    can(permission) {
      if (permission === undefined || permission === 'public') return true
      if (user.value === null) return false
      return permission === 'signedIn' || user.value.permissions.includes(permission)
    },
    async login(credentials) {
      const answer = await api(login, credentials)
      if (answer.challenge !== undefined) return answer.challenge
      become(answer)
      return null
    },
    async loginWithCode(challenge, code) {
      become(await api(loginWithCode, { challenge, code }))
    },
    async changePassword(passwords) {
      become(await api(changePassword, passwords))
    },
    async refresh() {
      state.value = await api(showSession, {})
    },
    async register(account) {
      become(await api(register, account))
    },
    async logout() {
      become(await api(logout, {}))
    },
  }
}
