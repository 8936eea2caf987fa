/** The workflow by which an installed MetaGPT is run: one step, tried once more from what it saved. */

/** YAML, for a workflow run; its inputs are those of the tool. */
export const INSTALLED_WORKFLOW = `name: metagpt-installed
description: Runs the MetaGPT that is installed on this machine; its project becomes this run's change.
inputs:
  idea: { type: string, description: What is to be made. }
  project: { type: string, default: "", description: "Its folder's name; empty: from the idea." }
  folder: { type: string, default: "", description: "A project that is there and is to be changed; empty: a new one." }
  rounds: { type: integer, default: 0, description: "How many rounds at most; 0: as many as the dialect needs." }
  runTests: { type: boolean, default: false, description: "Whether its QA engineer writes and runs tests." }
outputs:
  folder: steps.metagpt.output.value.folder
  documents: steps.metagpt.output.value.documents
  files: steps.metagpt.output.value.files
  leftOut: steps.metagpt.output.value.leftOut
steps:
  - id: metagpt
    description: Run the installed MetaGPT
    tool:
      name: run_metagpt
      input:
        idea: "\${{ inputs.idea }}"
        project: "\${{ inputs.project }}"
        folder: "\${{ inputs.folder }}"
        rounds: "\${{ inputs.rounds }}"
        runTests: "\${{ inputs.runTests }}"
    retry: { times: 1, on: [failed] }
`;
