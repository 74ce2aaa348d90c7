export { createAlerts, type Alerts, type AlertsOptions } from './alerts.ts'
export { ruleProblem, type RuleDeclaration } from './rule.ts'
