/** What agents run all the time, and what it is. `⏎` is a newline. Columns: the gravest effect, `?` when unclear, the line. */
export const HARMLESS = String.raw`
reads     ls
reads     ls -la
reads     ls -la src
reads     ls src/*.ts
reads     ls -R src | head -50
reads     cat package.json
reads     cat src/a.ts src/b.ts
reads     cat -n src/a.ts
reads     head -20 src/a.ts
reads     head -n 20 src/a.ts
reads     tail -n +5 src/a.ts
reads     wc -l src/*.ts
reads     grep -rn TODO src
reads     grep -rn --include='*.ts' "export function" src | head -20
reads     grep -E 'a|b' package.json
reads     grep -q foo src/a.ts && echo yes || echo no
reads     rg foo src
reads     rg -n --type ts 'export (const|function)' src
reads     rg --files src | sort
reads     find . -name '*.ts' -not -path './node_modules/*'
reads     find src -type f -name '*.ts' | sort | head
reads     find . -maxdepth 2 -type d
reads     sort src/a.ts | uniq -c | sort -rn | head -5
reads     cut -d: -f1 src/a.ts
reads     tr a-z A-Z < src/a.ts
reads     diff src/a.ts src/b.ts
reads     diff -u src/a.ts src/b.ts
reads     stat src/a.ts
reads     file src/a.ts
reads     du -sh src
reads     df -h
reads     pwd
reads     echo hello
reads     echo "a b" 'c d'
reads     echo "$HOME"
reads     echo $?
reads     printf '%s\n' a b
reads     true
reads     test -f package.json && echo there
reads     [ -d src ] || echo none
reads     basename src/a.ts .ts
reads     dirname src/a.ts
reads     realpath src/a.ts
reads     which node
reads     command -v node
reads     type ls
reads     date
reads     date +%Y-%m-%d
reads     uname -a
reads     id -u
reads     whoami
reads     jq .scripts package.json
reads     jq -r '.dependencies | keys[]' package.json
reads     tree -L 2 src
reads     nl -ba src/a.ts
reads     od -c src/a.ts
reads     xxd src/a.ts | head
reads     md5sum src/a.ts
reads     sha256sum src/a.ts
reads     sed -n '1,20p' src/a.ts
reads     sed -n 10p src/a.ts
reads     sed -n '/export/,/}/p' src/a.ts
reads     sed 's/a/b/g' src/a.ts
reads     awk '{print $1}' src/a.ts
reads     awk -F: '{print $1, $3}' src/a.ts
reads     awk 'NR==5' src/a.ts
reads     node --version
reads     npm --version
reads     python3 --version
reads     go version
reads     cargo --version
reads     git status
reads     git status --short
reads     git diff
reads     git diff --stat HEAD~1
reads     git diff HEAD -- src/a.ts
reads     git log --oneline -5
reads     git log -p -1 -- src/a.ts
reads     git log --format='%h %s' HEAD~3..HEAD
reads     git show HEAD --stat
reads     git show HEAD:src/a.ts
reads     git blame -L 1,10 src/a.ts
reads     git branch
reads     git branch -a
reads     git branch --show-current
reads     git rev-parse HEAD
reads     git rev-parse --show-toplevel
reads     git ls-files
reads     git ls-files src | wc -l
reads     git remote -v
reads     git stash list
reads     git tag -l
reads     git describe --tags
reads     git shortlog -sn
reads     git grep -n foo
reads     git cat-file -p HEAD
reads     git --no-pager log -3
reads     git -C src status
reads     cd src && ls
reads     cd src; ls
reads     (cd src && ls) && ls
reads     cat src/a.ts 2>/dev/null
reads     ls missing 2>&1 | head
reads     ls > /dev/null
reads     cat <<'EOF'⏎hello $(touch PWN)⏎EOF
reads     ls # a comment; touch PWN
reads     ls \⏎  -la
reads     for f in a b; do echo $f; done
reads     if [ -f package.json ]; then cat package.json; else echo none; fi
reads     case x in x) ls;; *) pwd;; esac
reads     sh -c 'ls src'
reads     timeout 5 ls
reads     time ls
reads     env ls
reads     nice -n 5 ls
reads     ! grep -q x src/a.ts
reads     echo $((1 + 2))
reads     x=1; echo $x
reads     NODE_ENV=test ls
reads     npm ls
reads     npm run
reads     pip list
reads     cat "sp ace.txt"
reads     cat sp\ ace.txt
reads     set -e; ls
reads     comm -12 src/a.ts src/b.ts
reads     echo größe
project   npm test
project   npm run build
project   npm run test -- --run src
project   npm test 2>&1 | tail -20
project   CI=1 npm test
project   cd src && npm test
project   yarn test
project   pnpm run lint
project   pnpm build
project   npx tsc --noEmit
project   npx --no-install eslint src
project   tsc --noEmit
project   eslint src --ext .ts
project   prettier --check src
project   vitest run src/a.test.ts
project   jest --coverage
project   pytest -q
project   pytest tests/test_a.py::test_b -x
project   python3 -m pytest
project   python scripts/run.py
project   node scripts/run.js --fast
project   node --test
project   go test ./...
project   go build ./cmd/x
project   go vet ./...
project   cargo test
project   cargo build --release
project   cargo clippy -- -D warnings
project   make
project   make -j4 test
project   make -C src test
project   ./build.sh
project   sh build.sh
project   bash ./build.sh --all
project   mvn test
project   gradle build
project   ruff check .
project   mypy src
project   biome check src
changes   touch new.ts
changes   mkdir -p src/new
changes   cp src/a.ts src/copy.ts
changes   mv src/a.ts src/c.ts
changes   mv src/a.ts src/c.ts && cat src/c.ts
changes   rm src/a.ts
changes   rm -f src/a.ts
changes   rmdir src/empty
changes   echo hi > out.txt
changes   echo hi >> out.txt
changes   cat src/a.ts | tee copy.ts
changes   sort src/a.ts -o sorted.txt
changes   chmod +x build.sh
changes   ln -s a.ts src/link.ts
changes   cat > new.ts <<'EOF'⏎const a = 1;⏎EOF
changes   mkdir -p lib && touch lib/index.ts
changes   find . -name '*.ts' > files.txt
`;
