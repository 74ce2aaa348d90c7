import { implement, type Implementation } from '../broker/index.ts'
import { severities } from '../contract/index.ts'
import { indicatorOf, indicators, ruleProblem, type Values } from '../metrics/index.ts'
import { activeAlerts, alertOf, pastAlerts } from './alerts-table.ts'
import { channelImplementations } from './channels.service.ts'
import { listOf, nameOf, type AlertsDesk } from './desk.ts'
import { alertsRefusals } from './refusals.ts'
import * as routes from './routes.ts'
import { deleteRule, insertRule, saveRule, type ActiveRule, type RuleValues } from './rules-table.ts'
import { endSilenceRow, insertSilence, lastingSilences, shownSilences } from './silences-table.ts'

const PAGE_ROWS = 50
const SILENCE_MS_MAX = 90 * 24 * 60 * 60_000

export function alertsImplementations(desk: AlertsDesk): readonly Implementation<never>[] {
  return [
    ...showing(desk),
    ...ruleImplementations(desk),
    ...silenceImplementations(desk),
    ...channelImplementations(desk),
  ]
}

function showing({ database, clock }: AlertsDesk): readonly Implementation<never>[] {
  return listOf(
    implement(routes.listAlerts, async () => {
      const [rows, silences, turn] = await Promise.all([
        activeAlerts(database),
        lastingSilences(database, clock.now()),
        database<{ id: number; looked_at: Date | null }>('alerts_turns').where({ id: 1 }).first(),
      ])
      const weight = ({ state, severity }: routes.Alert): number =>
        (state === 'firing' ? 10 : 0) + severities.indexOf(severity)
      return {
        items: rows.map((row) => alertOf(row, silences)).sort((left, right) => weight(right) - weight(left)),
        lookedAt: turn?.looked_at?.toISOString() ?? null,
      }
    }),
    implement(routes.listPastAlerts, ({ params: { limit = PAGE_ROWS, ...query } }) =>
      pastAlerts(database, { limit, ...query }),
    ),
  )
}

function shownRule(rule: ActiveRule, firing: number): routes.Rule {
  return { ...rule, unit: indicatorOf(rule.indicator)?.unit ?? 'count', firing }
}

function subjectsOf(values: Values, id: string): string[] {
  const value = values[id as keyof Values]
  return value !== null && typeof value === 'object' ? Object.keys(value).sort() : []
}

function ruleImplementations(desk: AlertsDesk): readonly Implementation<never>[] {
  const { database, clock, rules, values, changed } = desk

  async function find(ruleId: string): Promise<ActiveRule> {
    const rule = (await rules()).find(({ id }) => id === ruleId)
    if (!rule) throw alertsRefusals.rule_not_found({ ruleId })
    return rule
  }
  async function show(ruleId: string): Promise<routes.Rule> {
    const rows = await activeAlerts(database)
    const firing = rows.filter((row) => row.rule_id === ruleId && row.state === 'firing').length
    return shownRule(await find(ruleId), firing)
  }
  function checked(given: RuleValues): RuleValues {
    const { title, indicator, subject, comparison, threshold, forSeconds, severity, isOn } = given
    const rule = {
      title,
      indicator,
      comparison,
      threshold,
      forSeconds,
      severity,
      isOn,
      ...(subject === undefined ? {} : { subject }),
    }
    const reason = ruleProblem(rule)
    if (reason !== undefined) throw alertsRefusals.rule_invalid({ reason })
    return rule
  }

  return listOf(
    implement(routes.listRules, async () => {
      const [all, rows, now] = await Promise.all([rules(), activeAlerts(database), values()])
      const firing = (ruleId: string): number =>
        rows.filter((row) => row.rule_id === ruleId && row.state === 'firing').length
      return {
        items: all.map((rule) => shownRule(rule, firing(rule.id))),
        indicators: indicators.map((indicator) => ({
          id: indicator.id,
          unit: indicator.unit,
          by: 'by' in indicator ? indicator.by : null,
          subjects: subjectsOf(now, indicator.id),
        })),
      }
    }),
    implement(routes.createRule, async ({ params, principal }) => {
      const id = await insertRule(database, checked(params), nameOf(principal), clock.now())
      changed()
      return show(id)
    }),
    implement(routes.changeRule, async ({ params: { ruleId, revision, ...given }, principal }) => {
      const rule = await find(ruleId)
      const by = { revision, changedBy: nameOf(principal), now: clock.now() }
      const isCurrent = rule.revision === revision && (await saveRule(database, rule, checked(given), by))
      if (!isCurrent) throw alertsRefusals.changed_meanwhile()
      changed()
      return show(ruleId)
    }),
    implement(routes.removeRule, async ({ params: { ruleId } }) => {
      await find(ruleId)
      await deleteRule(database, ruleId)
      changed()
      return {}
    }),
  )
}

function silenceImplementations({ database, clock, changed }: AlertsDesk): readonly Implementation<never>[] {
  return listOf(
    implement(routes.listSilences, async () => ({ items: await shownSilences(database, clock.now()) })),
    implement(routes.createSilence, async ({ params, principal }) => {
      const { ruleId, subject, reason } = params
      const now = clock.now()
      const endsAt = new Date(params.endsAt)
      const lasts = endsAt.getTime() - now.getTime()
      if (lasts <= 0 || lasts > SILENCE_MS_MAX) throw alertsRefusals.silence_must_end_later()
      const silence = await insertSilence(database, {
        rule_id: ruleId ?? null,
        subject: subject ?? null,
        reason,
        created_by: nameOf(principal),
        created_at: now,
        ends_at: endsAt,
      })
      changed()
      return silence
    }),
    implement(routes.endSilence, async ({ params: { silenceId } }) => {
      if (!(await endSilenceRow(database, silenceId, clock.now())))
        throw alertsRefusals.silence_not_found({ silenceId })
      changed()
      return {}
    }),
  )
}
