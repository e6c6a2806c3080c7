*** Settings ***
Documentation    Native code cannot change the bootloader, at any privilege; the same code can change what is the application's.
Resource         proofboard.resource
Test Setup       Boot A Device
Test Teardown    End Test

*** Test Cases ***
Bootloader Stays As It Is
    [Tags]    th-imboot.2
    Native Code Should Not Change    bootloader    privileged
    Native Code Should Not Change    bootloader    application

Copy Of The Bootloader In Bank 2 Stays As It Is
    [Documentation]    Bank 2 is not locked, so that nothing but the write protection holds here.
    [Tags]    th-imboot.2
    Native Code Should Not Change    bootloader-copy    privileged
    Native Code Should Not Change    bootloader-copy    application

The Attack Itself Works Where Nothing Protects
    [Documentation]    The twin: the same accesses change the update slot, so that a refusal above is the protection's.
    [Tags]    th-imboot.2
    ${before}=    Get Flash Hash    update
    Native Code Erases Sector    0x08120000
    Native Code Programs Word    0x08120000    90
    ${byte}=    Get Flash Byte    update    0
    Should Be Equal As Integers    ${byte}    90
    ${after}=    Get Flash Hash    update
    Should Not Be Equal    ${after}    ${before}

*** Keywords ***
Boot A Device
    Reset Emulation
    Make Offline Device
    Boot Device
