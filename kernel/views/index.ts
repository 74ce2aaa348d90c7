export { createViews, type Views, type ViewsOptions } from './views.ts'
