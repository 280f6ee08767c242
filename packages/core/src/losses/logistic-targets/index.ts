export { type LogisticTarget, type MultiLabelLogisticOptions, multiLabelLogisticLoss } from './multi-label-logistic.ts'
