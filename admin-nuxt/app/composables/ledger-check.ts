import { runLedgerCheck } from '@cambium/kernel/ledger/routes'
import type { ResultOf } from '@cambium/kernel/contract'

type LedgerCheck = ResultOf<typeof runLedgerCheck>
export type LedgerCheckAsset = LedgerCheck['assets'][number]

// One result for home and the check page: a check reads the whole ledger, so it is not run for every look.
const result = shallowRef<LedgerCheck | null>(null)
const error = shallowRef<unknown>(null)
const checkedAt = ref(0)
const tookMs = ref(0)
const isRunning = ref(false)

export function useLedgerCheck() {
  const api = useApi()
  async function run(): Promise<void> {
    if (isRunning.value) return
    isRunning.value = true
    const started = performance.now()
    try {
      result.value = await api(runLedgerCheck, {})
      checkedAt.value = Date.now()
      tookMs.value = performance.now() - started
      error.value = null
    } catch (reason) {
      error.value = reason
    }
    isRunning.value = false
  }
  return { result, error, checkedAt, tookMs, isRunning, run }
}
