import { activityRecorded, moveActivity, platformActivity, securityActivity } from './activity/index.ts'
import type { EventData } from './contract/index.ts'
import type { DeliveredEvent } from './events/index.ts'
import type { MoveListener } from './exchange/index.ts'
import type { ExtensionPointsOptions, Modules } from './extension-modules.ts'
import { purchaseFilters } from './filters/index.ts'
import { deviceOf, levelChanged, securityRecorded, type Identity } from './identity/index.ts'
import { securityNotice } from './notifications/index.ts'
import { platformStepChecks, platformSteps } from './onboarding/index.ts'
import { platformSearch, platformSources } from './search/index.ts'
import { registration } from './toggles/index.ts'

/** The kernel's own filters, listeners, jobs and searches: they stand in the same rows as those of plugins. */
export function publishKernel(modules: Modules, options: ExtensionPointsOptions): void {
  const { filters, personalData, notifications, views, activity, search, preferences, toggles } = modules
  const { identity, ledger } = options
  const own = purchaseFilters({ ledger, findUser: identity.findUser })
  filters.publish('kernel', own.declared, own.filters)
  activity.publish('platform', 'Cambium', platformActivity)
  publishSecurity(modules, identity)
  identity.setPost(modules.mail)
  personalData.setKeeper('notifications', notifications)
  personalData.setKeeper('security', { exportUser: identity.exportUser })
  personalData.setKeeper('views', views)
  personalData.setKeeper('preferences', preferences)
  personalData.setKeeper('activity', activity)
  const sources = platformSources({
    assets: () => ledger.assets(),
    users: (text, limit) => identity.searchUsers(text, limit),
    entries: (key, limit) => ledger.listEntries({ key, limit }),
    accounts: (prefix, limit) => ledger.listAccounts({ prefix, limit }),
    settings: () => modules.settings.owners(),
  })
  search.publish('platform', platformSearch, sources)
  publishOnboarding(modules, options)
  toggles.publish('platform', 'Cambium', [registration])
  identity.setRegistration(() => toggles.isOn(registration, null))
  publishJobs(modules, identity)
}

/** What is done by what happened is seen at once: every product that matters to somebody writes into their feed. */
function publishOnboarding(
  { onboarding, events, personalData, mail }: Modules,
  { identity, ledger }: ExtensionPointsOptions,
): void {
  const checks = platformStepChecks({
    hasSecondFactor: identity.hasSecondFactor,
    isEmailConfirmed: identity.isEmailConfirmed,
    canSendLetters: () => mail.isSetUp,
    accounts: (prefix, limit) => ledger.listAccounts({ prefix, limit }),
  })
  onboarding.publish('platform', platformSteps, checks)
  personalData.setKeeper('onboarding', onboarding)
  events.publish('onboarding', {
    [activityRecorded.name]: async ({ key }: DeliveredEvent<unknown>) => onboarding.look(key),
  })
}

/** What happens to the protection of an account is told to its owner. */
function publishSecurity({ events, notifications, activity }: Modules, identity: Identity): void {
  identity.onLevelChange((trx, step) => events.emitAll(trx, levelChanged, [{ key: step.userId, data: step }]))
  identity.onSecurityRecord(async (trx, { id, userId, kind, client, at }) => {
    const { browser, system } = deviceOf(client?.userAgent ?? '')
    const step = { id, userId, kind, address: client?.address ?? '', browser, system }
    const data = { ...step, at: at.toISOString() }
    await events.emitAll(trx, securityRecorded, [{ key: userId, data }])
    await activity.record(trx, 'platform', [securityActivity({ ...step, at })])
  })
  events.publish('notifications', {
    [securityRecorded.name]: async ({ id, data }: DeliveredEvent<EventData<typeof securityRecorded>>) => {
      const notice = securityNotice(data)
      if (notice) await notifications.notify('platform', { ...notice, key: id })
    },
    [levelChanged.name]: async ({ id, data }: { id: string; data: { userId: string; levelAfter: number } }) =>
      notifications.notify('platform', {
        userId: data.userId,
        kind: 'platform.level',
        title: 'notices.level.title',
        body: 'notices.level.body',
        data: { level: data.levelAfter },
        key: id,
      }),
  })
}

function publishJobs({ jobs, events, notifications, personalData }: Modules, identity: Identity): void {
  jobs.publish({
    owner: 'kernel',
    jobs: [
      { name: 'kernel.retention', title: 'Forget old events, notices and sign-ins', everyMs: 60 * 60_000 },
      { name: 'kernel.erasures', title: 'Erase users where a plugin was away', everyMs: 60 * 60_000 },
    ],
    handlers: {
      'kernel.retention': async () => ({
        events: await events.forgetOld(),
        notices: await notifications.forgetOld(),
        signIns: await identity.forgetOld(),
      }),
      'kernel.erasures': async () => ({ erased: await personalData.catchUp() }),
    },
  })
}

/** Puts what moves between wallets into the feeds of people; makers of the house have nobody to read them. */
export function recordMoves(
  { activity }: Pick<Modules, 'activity'>,
  { findUser }: Pick<Identity, 'findUser'>,
): MoveListener {
  const houses = new Map<string, boolean>()
  return async (trx, move) => {
    const isHouse = houses.get(move.userId) ?? (await findUser(move.userId))?.isHouse ?? true
    houses.set(move.userId, isHouse)
    if (!isHouse) await activity.record(trx, 'platform', [moveActivity(move)])
  }
}
