import { implement, type Implementation } from '../broker/index.ts'
import type { ResultOf } from '../contract/index.ts'
import type { Filters } from './filters.ts'
import { filtersRefusals } from './refusals.ts'
import { chooseStrategy, listFilters, listStrategies } from './routes.ts'
import type { Strategies, StrategyChoice } from './strategies.ts'

/** What the operator sees of filters and strategies, and chooses. */
export function filterImplementations(filters: Filters, strategies: Strategies): Implementation<never>[] {
  function strategyEntry(name: string, choice: StrategyChoice): ResultOf<typeof chooseStrategy> {
    const { point, owner, chosen, serving, providers } = choice
    return {
      name,
      title: point?.title ?? null,
      owner: owner ?? null,
      chosen,
      serving: serving?.id ?? null,
      providers: providers.map(({ id, owner: by, title }) => ({
        id,
        owner: by,
        title,
        isDisabled: strategies.isDisabled(by, id),
      })),
    }
  }

  return [
    implement(listFilters, async () => ({
      items: [...filters.points].map(([name, { point, owner, row }]) => ({
        name,
        title: point?.title ?? null,
        owner: owner ?? null,
        onFailure: point?.onFailure ?? null,
        timeoutMs: point?.timeoutMs ?? null,
        filters: row.map(({ id, owner: by, order }) => ({
          id,
          owner: by,
          order,
          isDisabled: filters.isDisabled(by, id),
          ...filters.count(by, id),
        })),
      })),
    })),
    implement(listStrategies, async () => ({
      items: [...strategies.points].map(([name, choice]) => strategyEntry(name, choice)),
    })),
    implement(chooseStrategy, async ({ params: { point, provider }, principal }) => {
      await strategies.choose(point, provider, principal.kind === 'user' ? principal.userId : principal.kind)
      const choice = strategies.points.get(point)
      if (!choice) throw filtersRefusals.point_not_found({ point })
      return strategyEntry(point, choice)
    }),
  ] satisfies Implementation<never>[]
}
