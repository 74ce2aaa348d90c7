import { type Problem, ProblemError } from '@cambium/kernel/contract'
import { allowUnsigned, trustPublisher, uploadPackage } from '@cambium/kernel/plugins/routes'
import type { ResultOf, Route } from '@cambium/kernel/contract'
import type { Ref } from 'vue'

export type InstalledRelease = ResultOf<typeof uploadPackage>

/** What a refused package says about itself, as far as the platform could read it. */
export interface RefusedPackage {
  readonly digest?: string
  readonly name?: string
  readonly pluginId?: string
  readonly version?: string
  readonly publisher?: string
  readonly keyId?: string
  readonly publicKey?: string
}

export interface PackageUpload<T = InstalledRelease> {
  readonly state: Ref<'idle' | 'sending' | 'checking' | 'installed' | 'refused'>
  readonly file: Ref<File | null>
  /** Share of the bytes that are over there, 0 to 100. */
  readonly percent: Ref<number>
  readonly installed: Ref<T | null>
  readonly refusal: Ref<unknown>
  send(file: File): Promise<void>
  /** Trusts the key the refused package is signed with, and sends the package again. */
  trust(refused: RefusedPackage): Promise<void>
  /** Lets this one unsigned package in, and sends it again. */
  allow(refused: RefusedPackage): Promise<void>
  reset(): void
}

function answerOf<T>(request: XMLHttpRequest): T {
  const body = JSON.parse(request.responseText) as unknown
  if (request.status < 400) return body as T
  throw new ProblemError(body as Problem)
}

/** Sends a file and tells how far it is, which `fetch` cannot. */
function post<X extends Route>(
  route: X,
  file: File,
  { csrfToken, onProgress }: { csrfToken: string; onProgress: (percent: number) => void },
): Promise<ResultOf<X>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(route.method, `/api${route.path}`)
    request.setRequestHeader('content-type', 'application/gzip')
    request.setRequestHeader('x-csrf-token', csrfToken)
    request.upload.onprogress = ({ loaded, total }) => onProgress((loaded / total) * 100)
    request.onload = () => {
      try {
        resolve(answerOf<ResultOf<X>>(request))
      } catch (error) {
        reject(error as Error)
      }
    }
    request.onerror = () => reject(new Error('The connection was lost.'))
    request.send(file)
  })
}

/** Installs a plugin's package file. Installing never enables anything. */
export function usePackageUpload(): PackageUpload {
  return useUploadTo(uploadPackage)
}

/** The same for a package of another kind, which `route` takes. */
export function useUploadTo<X extends Route>(route: X): PackageUpload<ResultOf<X>> {
  const api = useApi()
  const session = useSessionState()
  const state = ref<PackageUpload['state']['value']>('idle')
  const file = shallowRef<File | null>(null)
  const percent = ref(0)
  const installed = shallowRef<ResultOf<X> | null>(null)
  const refusal = shallowRef<unknown>(null)

  async function attempt(work: () => Promise<ResultOf<X>>): Promise<void> {
    refusal.value = null
    try {
      installed.value = await work()
      state.value = 'installed'
    } catch (error) {
      refusal.value = error
      state.value = 'refused'
    }
  }
  async function send(next: File): Promise<void> {
    file.value = next
    percent.value = 0
    state.value = 'sending'
    await attempt(() =>
      post(route, next, {
        csrfToken: session.value?.csrfToken ?? '',
        onProgress: (share) => {
          percent.value = share
          if (share === 100) state.value = 'checking'
        },
      }),
    )
  }
  async function again(consent: () => Promise<unknown>): Promise<void> {
    state.value = 'checking'
    try {
      await consent()
    } catch (error) {
      refusal.value = error
      state.value = 'refused'
      return
    }
    if (file.value) await send(file.value)
  }

  return {
    state,
    file,
    percent,
    installed,
    refusal,
    send,
    trust: ({ publicKey = '', publisher = '' }) => again(() => api(trustPublisher, { publicKey, publisher })),
    allow: ({ digest = '' }) => again(() => api(allowUnsigned, { digest })),
    reset() {
      state.value = 'idle'
      file.value = null
      installed.value = null
      refusal.value = null
    },
  }
}
