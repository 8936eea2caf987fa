-- Drives the language server from Neovim 0.7, headless: each check writes one JSON line to the file $NEXUS_RESULTS.
local project = vim.env.NEXUS_PROJECT
local results = io.open(vim.env.NEXUS_RESULTS, "w")
local command = vim.json.decode(vim.env.NEXUS_COMMAND)
local PATIENCE = 60000

local function check(name, work)
  local ok, problem = xpcall(work, debug.traceback)
  results:write(vim.json.encode({ name = name, ok = ok, problem = ok and "" or tostring(problem) }) .. "\n")
  results:flush()
end

local function equal(actual, expected, what)
  if not vim.deep_equal(actual, expected) then
    error((what or "value") .. ": " .. vim.inspect(actual) .. " is not " .. vim.inspect(expected), 2)
  end
end

local function holds(text, part)
  if type(text) ~= "string" or not text:find(part, 1, true) then
    error("“" .. tostring(text) .. "” does not hold “" .. part .. "”", 2)
  end
end

local told = { asked = {}, messages = {}, progress = {}, created = {} }
local answer_with = nil

local handlers = {
  ["window/showMessage"] = function(_, params)
    table.insert(told.messages, params.message)
    return vim.NIL
  end,
  -- A person at the keyboard: Neovim's own handler waits for a number to be typed.
  ["window/showMessageRequest"] = function(_, params)
    table.insert(told.asked, params)
    for _, action in ipairs(params.actions or {}) do
      if action.title == answer_with then return action end
    end
    return vim.NIL
  end,
  ["window/workDoneProgress/create"] = function(_, params)
    table.insert(told.created, params.token)
    return vim.NIL
  end,
  ["$/progress"] = function(_, params)
    table.insert(told.progress, params)
  end,
}

local function wait_for(what, fits)
  if not vim.wait(PATIENCE, fits, 20) then error("it never came: " .. what, 2) end
end

local function some(list, fits)
  for _, each in ipairs(list) do
    if fits(each) then return each end
  end
end

vim.cmd("filetype on")
vim.cmd("edit " .. vim.fn.fnameescape(project .. "/src/cart.js"))
local buffer = vim.api.nvim_get_current_buf()
local uri = vim.uri_from_bufnr(buffer)
local capabilities = vim.lsp.protocol.make_client_capabilities()
local exited = nil
local id = vim.lsp.start_client({
  cmd = command,
  cmd_env = { NEXUS_HOME = vim.env.NEXUS_HOME },
  name = "nexus",
  root_dir = project,
  workspace_folders = { { uri = vim.uri_from_fname(project), name = "project" } },
  capabilities = capabilities,
  handlers = handlers,
  on_exit = function(code) exited = code end,
})
vim.lsp.buf_attach_client(buffer, id)
local client = vim.lsp.get_client_by_id(id)

local function ask(method, params)
  local answer = client.request_sync(method, params, PATIENCE, buffer)
  if answer == nil then error(method .. " was not answered", 2) end
  if answer.err ~= nil then error(method .. ": " .. vim.inspect(answer.err), 2) end
  return answer.result
end

local document = { textDocument = { uri = uri } }
local function at(line, character)
  return { textDocument = { uri = uri }, position = { line = line, character = character } }
end
local function execute(name, arguments)
  return ask("workspace/executeCommand", { command = name, arguments = arguments })
end

check("is initialized as a client of 2022 can take it", function()
  wait_for("the answer to initialize", function() return client.initialized end)
  equal(client.offset_encoding, "utf-16", "encoding")
  equal(client.server_capabilities.documentSymbolProvider ~= nil, true, "symbols")
  equal(client.server_capabilities.diagnosticProvider, nil, "diagnostics that are asked for")
end)

check("lists the symbols of a document", function()
  local symbols = ask("textDocument/documentSymbol", document)
  equal(symbols[1].name, "Cart", "first symbol")
  equal(symbols[1].children[1].name, "add", "its method")
  equal(symbols[1].selectionRange.start, { line = 2, character = 13 }, "where its name stands")
end)

check("finds symbols of the workspace", function()
  local found = some(ask("workspace/symbol", { query = "grossPrice" }), function(symbol) return symbol.name == "grossPrice" end)
  holds(found.location.uri, "src/price.js")
end)

check("shows on hover who uses it and which test covers it", function()
  local hover
  wait_for("a hover", function()
    hover = ask("textDocument/hover", at(3, 3))
    return hover ~= nil and hover ~= vim.NIL
  end)
  for _, part in ipairs({ "src/checkout.js", "test/cart.test.js", "Used" }) do holds(hover.contents.value, part) end
end)

check("knows text that is not saved, in UTF-16", function()
  vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { "const bag = '🛒'; export function emptied() {}" })
  local found
  wait_for("the new function", function()
    found = some(ask("textDocument/documentSymbol", document), function(symbol) return symbol.name == "emptied" end)
    return found ~= nil
  end)
  equal(found.selectionRange.start, { line = 0, character = 34 }, "behind a character of two units")
  vim.cmd("undo")
end)

check("shows lenses that are resolved when they are seen", function()
  local lenses = ask("textDocument/codeLens", document)
  local lens = some(lenses, function(each) return each.data ~= nil and each.data.name == "add" end)
  local resolved = ask("codeLens/resolve", lens)
  holds(resolved.command.title, "1 test")
end)

check("does not answer references where another server does", function()
  equal(ask("textDocument/references", vim.tbl_extend("force", at(3, 3), { context = { includeDeclaration = true } })), {})
end)

check("says that the folder is not trusted, and trusts it when the person says so", function()
  wait_for("the message", function()
    return some(told.messages, function(text) return text:find("is not trusted yet", 1, true) ~= nil end)
  end)
  answer_with = "Trust this folder"
  equal(execute("nexus.trust", {}).state, "trusted")
end)

local run_id = nil
check("carries out a run with progress, and asks the person at this editor", function()
  answer_with = "Approve"
  local started = execute("nexus.run", { "Say “wares” instead of “goods” in src/cart.js" })
  run_id = started.runId
  wait_for("the end of the run", function()
    return some(told.progress, function(each) return each.value.kind == "end" and each.token == told.created[#told.created] end)
      and some(told.asked, function(each) return each.message:find("nothing is written yet", 1, true) ~= nil end)
  end)
  local asked = some(told.asked, function(each) return each.message:find("npm run which-node", 1, true) ~= nil end)
  equal(asked ~= nil, true, "the question with the exact command")
  equal({ asked.actions[1].title, asked.actions[2].title }, { "Approve", "Reject" }, "its buttons")
  local begun = some(told.progress, function(each)
    return each.value.kind == "begin" and each.value.title:find("wares", 1, true) ~= nil
  end)
  equal(begun.value.cancellable, true, "progress that can be cancelled")
end)

check("writes a report of the run", function()
  local shown = execute("nexus.showRun", { run_id })
  holds(table.concat(vim.fn.readfile(vim.uri_to_fname(shown.uri)), "\n"), "+    // wares")
end)

check("accepts a change beside text that is not saved", function()
  vim.api.nvim_buf_set_lines(buffer, -1, -1, false, { "// not saved" })
  local outcome = execute("nexus.accept", { run_id })
  equal(outcome.accepted, { "src/cart.js" }, "accepted")
  wait_for("the edit", function()
    return vim.fn.search("wares", "nw") > 0
  end)
  local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  equal(lines[#lines], "// not saved", "last line")
end)

check("mends what another server complains of, as an edit of the text that is not saved", function()
  local line = vim.fn.search("this.sum", "nw") - 1
  local complaint = {
    range = { start = { line = line, character = 4 }, ["end"] = { line = line, character = 12 } },
    message = "a sum is a total", severity = 1, source = "another",
  }
  local params = { textDocument = document.textDocument, range = complaint.range, context = { diagnostics = { complaint } } }
  local action = some(ask("textDocument/codeAction", params), function(each) return each.title:find("^Fix with Nexus") ~= nil end)
  equal(action.kind, "quickfix", "kind")
  equal(action.edit, nil, "edit before it is chosen")
  local resolved = ask("codeAction/resolve", action)
  vim.lsp.util.apply_workspace_edit(resolved.edit, client.offset_encoding)
  local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  equal(lines[line + 1], "    this.total = grossPrice(item);", "the line")
  equal(lines[#lines], "// not saved", "last line")
end)

check("cancels a run", function()
  answer_with = nil
  local started = execute("nexus.ask", { "What does the cart hold? Take your time." })
  wait_for("its progress", function()
    return some(told.progress, function(each)
      return each.value.kind == "begin" and each.value.title:find("Take your time", 1, true) ~= nil
    end)
  end)
  execute("nexus.cancel", { started.runId })
  wait_for("its end", function()
    return some(told.asked, function(each) return each.message:find("is cancelled", 1, true) ~= nil end)
  end)
end)

check("answers wrong positions, words and commands with the protocol's errors", function()
  local wrong = client.request_sync("textDocument/hover", { textDocument = { uri = uri }, position = { line = -1, character = 0 } }, PATIENCE, buffer)
  equal(wrong.err.code, -32602, "code")
  equal(client.request_sync("workspace/executeCommand", { command = "nexus.nothing" }, PATIENCE, buffer).err.code, -32602, "code")
  equal(ask("textDocument/hover", at(9999, 0)), nil, "hover behind the end")
end)

check("ends with the editor", function()
  client.stop()
  wait_for("its end", function() return exited ~= nil end)
  equal(exited, 0, "exit code")
end)

results:close()
vim.cmd("qall!")
