# Completes LINE in an interactive zsh, and prints what it could complete to. Use: zsh -f drive.zsh FPATH LINE
zmodload zsh/zpty
work=$(mktemp -d)
mkfifo $work/done
print -rn -- "$2" >$work/line
cat >$work/rc <<RC
PROMPT= RPROMPT=
fpath=($1 \$fpath)
autoload -Uz compinit && compinit -u -D
# every completion ends in compadd: keeps what matches
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "\$@"; return; fi
  local -a hits
  builtin compadd -A hits "\$@"
  (( \$#hits )) && print -rl -- \$hits >>$work/hits
  builtin compadd "\$@"
}
# Nothing is typed, which could come before the line editor reads: the line is there when it begins.
zle-line-init() {
  BUFFER=\$(<$work/line; print -n .)
  BUFFER=\${BUFFER%.} CURSOR=\$#BUFFER
  zle complete-word
  print done >$work/done
}
zle -N zle-line-init
RC
zpty shell "zsh -f -i"
zpty -w shell "source $work/rc"
read -r word <$work/done
zpty -d shell
[[ -e $work/hits ]] && sort -u $work/hits
rm -r $work
