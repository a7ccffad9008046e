/* The files of page/ as they are, in the program: no compiler reads them, and no tool writes them as C. The Makefile puts
 * the scripts into one. */
    .section .rodata
    .global html_page, html_style, html_script
html_page:
    .incbin "page/page.html"
    .byte 0
html_style:
    .incbin "page/page.css"
    .byte 0
html_script:
    .incbin "page/page.js"
    .byte 0
    .section .note.GNU-stack, "", %progbits
