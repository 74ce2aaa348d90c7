export { demoLogins, seedDemo, type DemoLogin, type DemoParts } from './seed-demo.ts'
