/** Projects as MetaGPT leaves them, written from its formats: our own content under its keys, in each style that it writes. */

const STEM = "20260102030405";
const LATER = "20260203040506";

export const PRD = {
  Language: "en_us",
  "Programming Language": "Python",
  "Original Requirements": "Keep a list of plants and when to water them",
  "Project Name": "plant_keeper",
  "Product Goals": ["Never forget a plant", "Be quick to use"],
  "User Stories": ["As an owner I add a plant", "As an owner I see what is thirsty"],
  "Competitive Analysis": ["Paper: cheap, no reminders", "Calendar: reminders, no plants"],
  "Competitive Quadrant Chart":
    'quadrantChart\n    title "Reach"\n    x-axis "Low" --> "High"\n    "Paper": [0.2, 0.3]\n    "Ours": [0.7, 0.8]',
  "Requirement Analysis": "Plants have a name and a number of days.",
  "Requirement Pool": [
    ["P0", "Add a plant"],
    ["P0", "List thirsty plants"],
    ["P1", "Don't lose data"],
  ],
  "UI Design draft": "A list with a button.",
  "Anything UNCLEAR": "",
};

export const DESIGN = {
  "Implementation approach": "One module keeps plants, one prints them.",
  "File list": ["main.py", "plants.py"],
  "Data structures and interfaces": "classDiagram\n    class Plant {\n        +str name\n        +int days\n    }",
  "Program call flow": "sequenceDiagram\n    participant M as Main\n    M->>P: list()",
  "Anything UNCLEAR": "",
};

export const TASKS = {
  "Required packages": ["rich==13.0.0"],
  "Required Other language third-party packages": ["No third-party dependencies required"],
  "Logic Analysis": [
    ["plants.py", "Contains class Plant; used by main.py"],
    ["main.py", "The command line, from plants import Plant"],
  ],
  "Task list": ["plants.py", "main.py"],
  "Full API spec": "",
  "Shared Knowledge": "`plants.py` holds the only list.",
  "Anything UNCLEAR": "",
};

export const REFINED_PRD = {
  Language: "en_us",
  "Programming Language": "Python",
  "Refined Requirements": "Also say how thirsty",
  "Project Name": "plant_keeper",
  "Refined Product Goals": ["Show thirst"],
  "Refined User Stories": ["As an owner I see days left"],
  "Competitive Analysis": [],
  "Refined Requirement Analysis": ["Days are counted."],
  "Refined Requirement Pool": [["P0", "Count days"]],
  "UI Design draft": "",
  "Anything UNCLEAR": "",
};

const REFINED_DESIGN = {
  "Refined Implementation Approach": "Count days in plants.py.",
  "Refined File list": ["main.py", "plants.py", "thirst.py"],
  "Refined Data structures and interfaces": "classDiagram\n    class Thirst",
  "Refined Program call flow": "sequenceDiagram\n    M->>T: days()",
  "Anything UNCLEAR": "",
};

const REFINED_TASKS = {
  "Required packages": [],
  "Required Other language third-party packages": [],
  "Refined Logic Analysis": [["thirst.py", "Counts days"]],
  "Refined Task list": ["thirst.py"],
  "Full API spec": "",
  "Refined Shared Knowledge": "",
  "Anything UNCLEAR": "",
};

const PLAN_AND_CHANGE = {
  "Development Plan": ["Add thirst.py", "Call it in main.py"],
  "Incremental Change": ["```diff\n--- Old/main.py\n+++ New/main.py\n@@ -1,1 +1,2 @@\n+import thirst\n```\n"],
};

export const SUMMARY = {
  design_filename: `docs/system_design/${STEM}.json`,
  task_filename: `docs/task/${STEM}.json`,
  codes_filenames: ["plant_keeper/main.py", "plant_keeper/plants.py"],
  reason: '```json\n{\n    "main.py": "No error handling."\n}\n```',
};

const OUTPUT = { summary: "## instruction:\nAll good.\n", stdout: "", stderr: "Ran 2 tests in 0.001s\n\nOK\n" };

const message = (content: string, instruct: unknown = null) => ({
  ...{ id: "0123456789abcdef0123456789abcdef", content, instruct_content: instruct, role: "user" },
  ...{ cause_by: "metagpt.actions.add_requirement.UserRequirement", sent_from: "", send_to: ["<all>"] },
});

export const TEAM = {
  env: {
    desc: "",
    roles: { "Product Manager": { name: "Alice", profile: "Product Manager", rc: { watch: [], state: -1 } } },
    history: {
      storage: [
        message("Keep plants"),
        message("", {
          class: "WritePRD_AN",
          mapping: {
            Language: "(<class 'str'>, Ellipsis)",
            "Product Goals": "(list[str], Ellipsis)",
            "Requirement Pool": "(list[list[str]], Ellipsis)",
          },
          value: PRD,
        }),
        message("", { class: "RunCodeResult", module: "metagpt.schema", value: OUTPUT }),
      ],
      index: {},
      ignore_id: false,
    },
    __module_class_name: "metagpt.environment.base_env.Environment",
  },
  investment: 3.0,
  idea: "Keep plants",
  context: { kwargs: { project_path: "/tmp/plant_keeper", inc: false }, cost_manager: '{"total_cost": 0.1}' },
};

/** pydantic's `model_dump_json`. */
const compact = (value: unknown) => JSON.stringify(value);

/** Python's `json.dumps`: a space after commas and colons, all but ASCII escaped. */
export function pythonDumps(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonDumps).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${pythonDumps(key)}: ${pythonDumps(item)}`)
      .join(", ")}}`;
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The text of MetaGPT's Markdown copy of PRD. */
export const PRD_COPY = [
  "## Language\n\nen_us\n\n",
  "## Programming Language\n\nPython\n\n",
  "## Original Requirements\n\nKeep a list of plants and when to water them\n\n",
  "## Project Name\n\nplant_keeper\n\n",
  "## Product Goals\n\n- Never forget a plant\n- Be quick to use\n\n",
  "## User Stories\n\n- As an owner I add a plant\n- As an owner I see what is thirsty\n\n",
  "## Competitive Analysis\n\n- Paper: cheap, no reminders\n- Calendar: reminders, no plants\n\n",
  `## Competitive Quadrant Chart\n\n${PRD["Competitive Quadrant Chart"]}\n\n`,
  "## Requirement Analysis\n\nPlants have a name and a number of days.\n\n",
  "## Requirement Pool\n\n- ['P0', 'Add a plant']\n- ['P0', 'List thirsty plants']\n- ['P1', \"Don't lose data\"]\n\n",
  "## UI Design draft\n\nA list with a button.\n\n",
  "## Anything UNCLEAR\n\n\n\n",
].join("");

/** Every kind of classic document; source files and pictures beside them. */
export function classicProject(): Record<string, string> {
  const [prd, design, task] = [`docs/prd/${STEM}.json`, `docs/system_design/${STEM}.json`, `docs/task/${STEM}.json`];
  const dependencies = {
    [design]: [prd],
    [task]: [design],
    "plant_keeper/main.py": [design, task],
    "plant_keeper/plants.py": [design, task],
    [`docs/code_summary/${STEM}.json`]: [design, task, "plant_keeper/main.py", "plant_keeper/plants.py"],
    "test_outputs/test_plants.py.json": ["plant_keeper/plants.py", "tests/test_plants.py"],
  };
  return {
    ".gitignore": "__pycache__\n*.pyc\n.vs\n",
    ".dependencies.json": pythonDumps(dependencies),
    ".src_workspace": "plant_keeper",
    "requirements.txt": "rich==13.0.0",
    "docs/requirement.txt": "Keep a list of plants and when to water them",
    "docs/bugfix.txt": "It crashes on an empty list",
    [prd]: compact(PRD),
    [`docs/prd/${LATER}.json`]: compact(REFINED_PRD),
    [design]: compact(DESIGN),
    [`docs/system_design/${LATER}.json`]: compact(REFINED_DESIGN),
    [task]: compact(TASKS),
    [`docs/task/${LATER}.json`]: compact(REFINED_TASKS),
    [`docs/code_plan_and_change/${LATER}.json`]: compact(PLAN_AND_CHANGE),
    [`docs/code_summary/${STEM}.json`]: compact(SUMMARY),
    "docs/class_view/plant.json": "{}",
    "docs/graph_repo/plant_keeper.json": "[]",
    [`resources/prd/${STEM}.md`]: PRD_COPY,
    [`resources/code_summary/${STEM}.md`]: "## Code Review All\n\nFine.\n",
    [`resources/competitive_analysis/${STEM}.mmd`]: PRD["Competitive Quadrant Chart"],
    [`resources/competitive_analysis/${STEM}.svg`]: "<svg/>",
    [`resources/data_api_design/${STEM}.mmd`]: DESIGN["Data structures and interfaces"],
    [`resources/seq_flow/${STEM}.mmd`]: DESIGN["Program call flow"],
    "plant_keeper/main.py": "import plants\n",
    "plant_keeper/plants.py": "PLANTS = []\n",
    "tests/test_plants.py": "import unittest\n",
    "test_outputs/test_plants.py.json": compact(OUTPUT),
    "team.json": JSON.stringify(TEAM, undefined, 4),
    "README.md": "# Plants\n",
    "package.json": "{}",
  };
}

/** Kind by path of what `classicProject` has of documents. */
export const CLASSIC_KINDS: Readonly<Record<string, string>> = {
  ".dependencies.json": "dependencies",
  "docs/bugfix.txt": "requirement",
  [`docs/code_plan_and_change/${LATER}.json`]: "code_plan_and_change",
  [`docs/code_summary/${STEM}.json`]: "code_summary",
  [`docs/prd/${STEM}.json`]: "prd",
  [`docs/prd/${LATER}.json`]: "refined_prd",
  "docs/requirement.txt": "requirement",
  [`docs/system_design/${STEM}.json`]: "system_design",
  [`docs/system_design/${LATER}.json`]: "refined_system_design",
  [`docs/task/${STEM}.json`]: "task",
  [`docs/task/${LATER}.json`]: "refined_task",
  "requirements.txt": "requirements_txt",
  [`resources/code_summary/${STEM}.md`]: "markdown_copy",
  [`resources/competitive_analysis/${STEM}.mmd`]: "mermaid",
  [`resources/data_api_design/${STEM}.mmd`]: "mermaid",
  [`resources/prd/${STEM}.md`]: "markdown_copy",
  [`resources/seq_flow/${STEM}.mmd`]: "mermaid",
  "team.json": "team",
  "test_outputs/test_plants.py.json": "test_output",
};

/** What MGX's roles leave: in a workspace, the PRD beside the project. */
export function mgxWorkspace(): Record<string, string> {
  return {
    "prd_plant_keeper.md": "# PRD\n\n## Product Goals\n\n1. Never forget\n",
    "plant-keeper/docs/system_design.md": "## Implementation approach\n\nOne page.\n",
    "plant-keeper/docs/system_design-sequence-diagram.mermaid": "sequenceDiagram\n    A->>B: hi",
    "plant-keeper/docs/system_design-sequence-diagram.mermaid-class-diagram": "classDiagram\n    class Plant",
    "plant-keeper/docs/project_schedule.md": "## Task list\n\n- src/App.tsx\n",
    "plant-keeper/src/App.tsx": "export {};\n",
    "plant-keeper/package.json": "{}",
  };
}

/** What MGX leaves when its roles call the document actions as tools. */
export function mgxTools(): Record<string, string> {
  return {
    "docs/prd.json": compact(PRD),
    "docs/prd.md": PRD_COPY,
    "docs/prd-competitive-analysis.mmd": PRD["Competitive Quadrant Chart"],
    "docs/system_design.json": compact(DESIGN),
    "docs/system_design-class-diagram.mmd": DESIGN["Data structures and interfaces"],
    "docs/project_schedule.json": compact(TASKS),
    "requirements.txt": "",
    "storage/team/team.json": compact({ env: { roles: { Alice: {} }, is_public_chat: true }, use_mgx: true }),
  };
}
