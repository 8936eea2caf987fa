;;; drive.el --- Drives the language server from Emacs with eglot, in batch  -*- lexical-binding: t -*-

;; Each check writes one line of JSON to the file $NEXUS_RESULTS.

;;; Code:

(require 'cl-lib)
(require 'json)
(require 'project)
(require 'eglot)

(defconst nexus-patience 90 "Seconds that anything may take.")
(defvar nexus-messages nil "What the server said, the newest first.")

(setq eglot-connect-timeout nexus-patience
      eglot-sync-connect nexus-patience
      eglot-confirm-server-initiated-edits nil
      eglot-send-changes-idle-time 0
      jsonrpc-default-request-timeout nexus-patience
      flymake-no-changes-timeout nil
      create-lockfiles nil
      make-backup-files nil
      auto-save-default nil
      vc-handled-backends '(Git))

;; Before it opens a file for an edit, eglot asks; a person says yes.
(advice-add 'y-or-n-p :override (lambda (&rest _) t))

(cl-defmethod eglot-handle-notification :before
  (_server (_method (eql window/showMessage)) &key _type message)
  "Keep what the server said."
  (push message nexus-messages))

(defun nexus-result (name problem)
  "Write down that the check NAME went well, or its PROBLEM."
  (let ((line (json-encode `((name . ,name) (ok . ,(if problem :json-false t)) (problem . ,(or problem ""))))))
    (write-region (concat line "\n") nil (getenv "NEXUS_RESULTS") t 'quiet)))

(defmacro nexus-check (name &rest body)
  "Carry out BODY as the check NAME."
  (declare (indent 1))
  `(nexus-result ,name (condition-case problem (progn ,@body nil) (error (format "%S" problem)))))

(defun nexus-equal (actual expected)
  "Fail when ACTUAL is not EXPECTED."
  (unless (equal actual expected) (error "%S is not %S" actual expected)))

(defun nexus-wait (what fits)
  "Wait until FITS answers with something; WHAT says what for."
  (let ((end (time-add nil nexus-patience)) found)
    (while (not (or (setq found (funcall fits)) (time-less-p end nil)))
      (accept-process-output nil 0.05))
    (or found (error "It never came: %s; the server said %S" what nexus-messages))))

(defun nexus-said (part)
  "Wait until the server says something that holds PART."
  (nexus-wait part (lambda () (cl-find-if (lambda (text) (string-search part text)) nexus-messages))))

(defun nexus-visit (path)
  "Visit the file PATH of the project, managed by the server."
  (find-file (expand-file-name path (getenv "NEXUS_PROJECT")))
  (if (eglot-current-server)
      (eglot--maybe-activate-editing-mode)
    (eglot '(js-mode) (project-current) 'eglot-lsp-server
           (append (json-parse-string (getenv "NEXUS_COMMAND") :array-type 'list) nil) "javascript"))
  (nexus-wait "the server manages the buffer" (lambda () eglot--managed-mode)))

(defun nexus-choose (title &optional beg end kind)
  "Choose the code action TITLE between BEG and END, as a person does; KIND narrows the list."
  (let ((last-nonmenu-event ?a))
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_prompt items &rest _)
                 (or (car (cl-find-if (lambda (item) (string-prefix-p title (car item))) items))
                     (error "%s is not among %S" title (mapcar #'car items))))))
      (eglot-code-actions (or beg (point-min)) (or end (point-max)) kind t))))

(defun nexus-replace (from to)
  "Put TO in the place of FROM in the buffer, as a person types."
  (goto-char (point-min))
  (search-forward from)
  (replace-match to t t)
  (eglot--signal-textDocument/didChange))

(defun nexus-holds (text)
  "Wait until the buffer holds TEXT."
  (nexus-wait (concat "text " text) (lambda () (string-search text (buffer-string)))))

(nexus-check "begins a session and is offered all actions"
  (nexus-visit "src/price.js")
  (nexus-equal
   (mapcar (lambda (action) (concat (plist-get action :kind) ": " (plist-get action :title)))
           (eglot-code-actions (point-min) (point-max)))
   '("nexus.explain: Explain with Nexus"
     "refactor.rewrite.nexus.document: Document with Nexus"
     "refactor.rewrite: Refactor to a goal with Nexus…"
     "source.nexus.tests: Write tests with Nexus"
     "source.nexus.review: Review with Nexus")))

(nexus-check "explains what is selected"
  (nexus-choose "Explain")
  (nexus-said "It adds the tax"))

(nexus-check "documents what is typed and not saved"
  (nexus-replace "net * 1.19" "net * 1.07 /* é typed */")
  (nexus-choose "Document")
  (nexus-holds "/** The price with tax. */\nexport function grossPrice")
  (nexus-holds "net * 1.07 /* é typed */")
  (nexus-equal (buffer-modified-p) t))

(nexus-check "leaves the file to the person"
  (with-temp-buffer
    (insert-file-contents (expand-file-name "src/price.js" (getenv "NEXUS_PROJECT")))
    (nexus-equal (buffer-string) "export function grossPrice(net) {\n  return net * 1.19;\n}\n")))

(nexus-check "writes tests into a new file"
  (nexus-choose "Write tests")
  (let ((file (expand-file-name "test/price.test.js" (getenv "NEXUS_PROJECT"))))
    (with-current-buffer (nexus-wait "a buffer for the tests" (lambda () (find-buffer-visiting file)))
      (nexus-holds "test(\"price\""))))

(nexus-check "shows what a review found"
  (nexus-visit "src/cart.js")
  (nexus-choose "Review")
  (nexus-wait "a finding"
              (lambda ()
                (flymake-start)
                (cl-find-if (lambda (found) (string-search "Nexus [no-check]: Nothing is checked" (flymake-diagnostic-text found)))
                            (flymake-diagnostics)))))

(nexus-check "fixes what was found, chosen as a quick fix"
  (goto-char (point-min))
  (search-forward "this.sum")
  (nexus-choose "Fix with Nexus: Nothing is checked" (line-beginning-position) (line-end-position) "quickfix")
  (nexus-holds "if (item === undefined) return;"))

(nexus-check "refactors without asking for a goal that it could not be told"
  (nexus-choose "Refactor")
  (nexus-holds "add(thing)"))

(nexus-check "loses nothing where the person types in the same lines"
  (nexus-visit "src/slow.js")
  (setq nexus-messages nil)
  (nexus-choose "Document")
  (nexus-replace "slow()" "slower()")
  (nexus-said "src/slow.js was changed where Nexus changed it. Run ")
  (nexus-equal (buffer-string) "export function slower() {}\n"))

(nexus-check "cancels an action that goes on and on"
  (setq nexus-messages nil)
  (nexus-visit "src/endless.js")
  (nexus-choose "Document")
  ;; It takes a moment until there is a run to cancel.
  (nexus-wait "the end of the run"
              (lambda ()
                (ignore-errors (eglot-execute-command (eglot-current-server) 'nexus.cancel []))
                (cl-find-if (lambda (text) (string-search "was cancelled" text)) nexus-messages)))
  (nexus-equal (buffer-string) "export function endless() {}\n"))

(nexus-check "ends with the editor"
  (let* ((server (eglot-current-server)) (process (jsonrpc--process server)))
    (eglot-shutdown server nil nexus-patience)
    (nexus-wait "the end of the process" (lambda () (not (process-live-p process))))))

(set-buffer-modified-p nil)
(kill-emacs 0)
;;; drive.el ends here
