import type { Ref } from 'vue'
import type { Route } from '@cambium/kernel/contract'
import type { FormSchema, FormValues } from '../composables/schema-form.ts'

/** What the kit's parts take, named so that pages can build it in their scripts. */

export interface ListColumn<R> {
  readonly id: string
  readonly label: string
  /** What it sorts by and shows unless a slot named after the id draws the cell. */
  readonly value: (row: R) => string | number | null
  /** Instead of comparing `value`s: decimals compare as decimals. */
  readonly compare?: (left: R, right: R) => number
  /** Only where all rows are here: a part of a list in another order would pass for the whole. */
  readonly isSortable?: boolean
  readonly align?: 'start' | 'end'
  /** The window width from which the column is shown to a reader who has not chosen. */
  readonly from?: 'md' | 'lg' | 'xl'
  /** Its place on a phone's card, where the first column is the heading; a pair of name and value if absent. */
  readonly card?: 'head' | 'tail' | 'none'
}

/** A view that comes with the list: a tab beside those that readers keep themselves. */
export interface ListView {
  readonly id: string
  readonly label: string
  /** Filters, and `sort`, as they stand in the address. */
  readonly query: Readonly<Record<string, string>>
}

/** Something done to every checked row, one after the other; what fails is told and stays checked. */
export interface BulkAction<R> {
  readonly id: string
  readonly label: string
  readonly icon?: string
  readonly isDangerous?: boolean
  /** Rows for which there is nothing to do are left out, and the reader is told how many. */
  readonly isFor?: (row: R) => boolean
  /** What will happen, and to what. */
  readonly ask: (rows: readonly R[]) => { readonly title: string; readonly text?: string }
  /** A row by name, where one is told of. */
  readonly nameOf: (row: R) => string
  /** Asked for beside, such as a reason. */
  readonly form?: FormSchema
  readonly run: (row: R, values: FormValues) => Promise<unknown>
}

/** A list as a file. With a route, all that the filters give, written by the server; else the rows that are here. */
export interface ListExport {
  /** Begins the file's name. */
  readonly name: string
  readonly route?: Route
  /** What the list's own reading sends, without page and cursor. */
  readonly params?: () => Record<string, unknown>
}

/** The rows of a list and how they come. */
export interface ListSource<R> {
  /** Null until the first answer. */
  readonly items: Readonly<Ref<readonly R[] | null>>
  /** Why the last reading failed; `items` are then of an earlier one. */
  readonly error: Readonly<Ref<unknown>>
  readonly isLoading: Readonly<Ref<boolean>>
  readonly hasMore: Readonly<Ref<boolean>>
  /** From the first page on; rows shown stay until it is there. */
  refresh(): Promise<void>
  more(): Promise<void>
}

export interface GridColumn<R> {
  readonly id: string
  readonly label: string
  /** A CSS grid track: `minmax(0, 1fr)`, `96px`. */
  readonly width?: string
  readonly align?: 'start' | 'end'
  readonly value: (row: R) => string
}

export interface TableFilter {
  /** Also its name in the address. */
  readonly id: string
  readonly label: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
}

export interface Fact {
  readonly id: string
  readonly label: string
  /** Shown unless a slot named after the id draws it; a dash when missing. */
  readonly value?: string | number | null
  readonly isMono?: boolean
  readonly isCopyable?: boolean
}

export interface TimelineStep {
  readonly id: string
  readonly label: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped'
  /** Null while it waits or runs. */
  readonly ms?: number | null
  readonly detail?: string | undefined
}

/** One step of a task that a reader works through. */
export interface StepperStep {
  readonly id: string
  readonly label: string
  /** A few words below. */
  readonly text?: string
}

/** A value at a moment, in a line of an analytics chart. */
export interface ChartPoint {
  /** Milliseconds since the epoch. */
  readonly time: number
  /** A decimal string; null where nothing is known. */
  readonly value: string | null
  /** Why this one is different, in words. */
  readonly note?: string
}

export interface ChartSeries {
  readonly id: string
  readonly label: string
  /** Oldest first, evenly spaced. */
  readonly points: readonly ChartPoint[]
}

/** A bar over time has a `time`, one by name a `label`. */
export interface ChartBar {
  readonly time?: number
  readonly label?: string
  /** A decimal string. */
  readonly value: string
  /** Why this one is different; it is drawn in another colour and said in words. */
  readonly note?: string
}

export interface ChartSlice {
  readonly id: string
  readonly label: string
  /** A decimal string; what is not above zero is no part. */
  readonly value: string
}

/** A price marked on a chart: an own order, for instance. */
export interface ChartLine {
  readonly id: string
  readonly price: string
  readonly side: 'buy' | 'sell'
  readonly label: string
}

export interface ListedTrade {
  readonly tradeId: string
  readonly price: string
  readonly quantity: string
  readonly takerSide: 'buy' | 'sell'
  /** Milliseconds since the epoch. */
  readonly time: number
}

export type StatusTone = 'good' | 'bad' | 'warning' | 'info' | 'neutral' | 'busy'
