export {
  createPersonalData,
  type Keeper,
  type PersonalData,
  type PersonalDataOptions,
} from './personal-data.ts'
