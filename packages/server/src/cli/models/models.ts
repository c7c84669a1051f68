import { sharedFlagGroups } from '../client/client-command.ts'
import type { CommandGroup } from '../command.ts'
import { createModel, deleteModel, describeModel, renameModel } from './change.ts'
import { aliasVersion, tagModel, unaliasVersion, untagModel } from './labels.ts'
import { listModels, listVersions } from './list.ts'
import { registerVersion, showDownloadUri, showLineage } from './registration.ts'
import { modelSettings } from './settings.ts'
import { showModel } from './show.ts'
import {
  approveTransition,
  commentVersion,
  listRequests,
  rejectTransition,
  requestTransition,
  showActivity,
  transitionVersion,
  withdrawRequest,
} from './stages.ts'

/** `trackway models`: the registry. */
export const models: CommandGroup = {
  name: 'models',
  summary: 'Registered models, their versions, stages and approvals.',
  description: [
    'A model goes by its name, as churn; a version by number, alias or stage: churn/3, churn@champion, ' +
      "churn/Production, churn/latest. MLflow's models:/churn/3 means the same. A model whose name holds an @ is " +
      'written with / behind it.',
  ],
  examples: [
    {
      what: 'from a run to production',
      line: 'trackway models register churn runs:/4f8a1c7e9b2d4e6f8a0b1c2d3e4f5a6b/model',
    },
    { what: '', line: 'trackway models request churn/7 Production --comment "Passed all checks"' },
    { what: '', line: 'trackway models approve churn/7 Production --archive-existing' },
  ],
  commands: [
    listModels,
    listVersions,
    showModel,
    createModel,
    registerVersion,
    renameModel,
    describeModel,
    deleteModel,
    tagModel,
    untagModel,
    aliasVersion,
    unaliasVersion,
    transitionVersion,
    requestTransition,
    listRequests,
    approveTransition,
    rejectTransition,
    withdrawRequest,
    commentVersion,
    showActivity,
    showLineage,
    showDownloadUri,
    modelSettings,
  ],
  flagGroups: sharedFlagGroups,
}
