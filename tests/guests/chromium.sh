# chromium.sh FOLDER [ARGUMENT…]: prints a page that a script in it has made, as Chromium has it then. What Chromium writes
# beside that lies in FOLDER.
HOME=$1
export HOME
shift
exec timeout -k 5 120 /usr/lib/chromium/chromium --headless --disable-gpu --user-data-dir="$HOME" "$@" --dump-dom \
    'data:text/html,<body><script>let a=[];for(let i=0;i<1000;i++)a.push({i});document.body.innerHTML="<p>"+a.length*42+"</p>"</script>'
